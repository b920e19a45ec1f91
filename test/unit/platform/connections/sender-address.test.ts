import { expect, it } from 'vitest'
import { ipRanges } from '../../../../services/platform/connections/ip-ranges.ts'
import { senderAddress } from '../../../../services/platform/connections/sender-address.ts'

const proxies = ipRanges(['10.0.0.0/8'])

it.each([
  ['no proxy', '192.0.2.1', '', '192.0.2.1'],
  ['a proxy that nobody trusts', '192.0.2.1', '198.51.100.1', '192.0.2.1'],
  ['a trusted proxy', '10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['two trusted proxies', '10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  ['a sender who pretends to be another', '10.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
  ['a proxy that appends ports', '10.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
  ['a proxy that appends ports to IPv6', '10.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
  ['a trusted proxy in IPv6 form', '::ffff:10.0.0.1', '198.51.100.1', '198.51.100.1'],
  ['nothing but trusted proxies', '10.0.0.1', '10.0.0.2', '10.0.0.2'],
  ['nonsense', '10.0.0.1', 'unknown', 'unknown'],
])('tells who sends behind %s', (_name, remote, forwardedFor, sender) => {
  expect(senderAddress(remote, forwardedFor, proxies)).toBe(sender)
})
