import { expect, it } from 'vitest'
import { createThrottle, networkOf, TRIES } from '../../../../services/console/serve/throttle.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ['1:2:3:4:5:6:192.0.2.7', '1:2:3:4::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is of %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

it('has whoever owns a network of IPv6 try no more often than whoever has one address', () => {
  const throttle = createThrottle()
  const waits = Array.from({ length: TRIES + 1 }, (_, host) => throttle.take(`2001:db8:1:2::${host + 1}`))
  expect(waits.slice(0, TRIES).every(wait => wait === 0)).toBe(true)
  expect(waits[TRIES]).toBeGreaterThan(0)
  expect(throttle.take('2001:db8:1:3::1')).toBe(0)
})
