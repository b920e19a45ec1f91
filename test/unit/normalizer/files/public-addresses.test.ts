import type { LookupAddress } from 'node:dns'
import { describe, expect, it } from 'vitest'
import {
  ADDRESS_NOT_PUBLIC,
  isPublicAddress,
  publicLookup,
} from '../../../../services/normalizer/files/public-addresses.ts'

it.each(['1.1.1.1', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.0.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  'takes %s for an address of the open internet',
  address => expect(isPublicAddress(address)).toBe(true),
)

it.each([
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
  ...['172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
  ...[
    '::',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
  ],
  ...[
    'fd00::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    '2002:7f00:1::1',
    '',
    'localhost',
    '2130706433',
    '0x7f.1',
  ],
])('never takes %s for one', address => expect(isPublicAddress(address)).toBe(false))

const resolved = (addresses: readonly string[], all: boolean) =>
  new Promise((resolve, reject) => {
    const lookup = publicLookup((_hostname, _options, callback) =>
      callback(
        null,
        addresses.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    )
    lookup('files.example.com', { all }, (error, address, family) =>
      error === null ? resolve(all ? address : [address, family]) : reject(error),
    )
  })

describe('a lookup for a connection', () => {
  it('gives the addresses that it has checked', async () => {
    expect(await resolved(['1.1.1.1', '2606:4700::1111'], true)).toEqual([
      { address: '1.1.1.1', family: 4 },
      { address: '2606:4700::1111', family: 6 },
    ])
    expect(await resolved(['1.1.1.1'], false)).toEqual(['1.1.1.1', 4])
  })

  it.each([[['127.0.0.1']], [['1.1.1.1', '10.0.0.1']], [['::1']], [[]]])(
    'refuses a name that leads to %j',
    async addresses => {
      for (const all of [true, false])
        await expect(resolved(addresses, all)).rejects.toMatchObject({ code: ADDRESS_NOT_PUBLIC })
    },
  )
})
