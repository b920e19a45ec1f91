import { describe, expect, it } from 'vitest'
import { ipRanges, isIpRange } from '../../../../services/platform/connections/ip-ranges.ts'

describe('ranges of addresses', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.0/24', '::ffff:192.0.2.1', true],
    ['2001:db8::/32', '2001:db8::1', true],
    ['2001:db8::/32', '192.0.2.1', false],
    ['0.0.0.0/0', 'not an address', false],
    ['0.0.0.0/0', '', false],
  ])('%s has %s: %s', (range, address, expected) => {
    expect(ipRanges([range]).has(address)).toBe(expected)
  })

  it.each(['192.0.2.0/33', '192.0.2.0/', '192.0.2', '2001:db8::/129', '1.2.3.4/8/8', 'localhost', ''])(
    '%s is none',
    text => {
      expect(isIpRange(text)).toBe(false)
    },
  )
})
