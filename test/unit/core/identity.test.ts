import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { v5 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { derivedId, personKey, pulsifiId } from '../../../services/core/identity.ts'

const UUID = 'aed6532d-2438-4e33-b15b-1f1a20ba1c16'
const LENGTH_MAX = 50

it('makes UUIDs of version 5, as everybody makes them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), name => {
      expect(derivedId(name)).toBe(v5(name, '6f2d4c1e-8a53-5b0e-9d57-2f1c7a94be60'))
    }),
  )
})

describe('the key of a person', () => {
  it('is the HMAC of tenant and address, as everybody computes it, whatever the length of secret and address', () => {
    const label = fc.array(fc.constantFrom('a', 'z', '7', 'é', 'ш'), { minLength: 1, maxLength: 40 })
    const address = fc
      .tuple(label, fc.array(label, { minLength: 1, maxLength: 12 }))
      .map(
        ([local, labels]) => `${local.join('')}@${labels.map(each => each.join('')).join('.')}.example.com`,
      )
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), address, (secret, email) => {
        const expected = createHmac('sha256', secret).update(`acme|${email.toLowerCase()}`).digest('hex')
        expect(personKey(secret, 'acme', email)).toBe(expected)
      }),
    )
  })

  it.each(['nobody', '', null])('is not made of %j', email => {
    expect(personKey('secret', 'acme', email)).toBeNull()
  })
})

describe('the identifier at Pulsifi', () => {
  it.each([
    ['humansourcing', 'default', '126751', 'humansourcing_126751'],
    ['humansourcing', 'default', '1234567876_186226', 'humansourcing_1234567876_186226'],
    ['idibu', 'default', '12345_98765', 'idibu_12345_98765'],
    ['jobylon', 'default', UUID, `jobylon_${UUID}`],
    ['direct', 'default', 'c1_j1', 'direct_c1_j1'],
    ['direct', 'default', 'JOB_17', 'direct_JOB_17'],
    ['humansourcing', 'acme', '126751', 'humansourcing_acme_126751'],
    ['idibu', 'acme-2', '12345_98765', 'idibu_acme-2_12345_98765'],
  ])('of %s, tenant %s, %s is readable', (source, tenant, externalId, id) => {
    expect(pulsifiId(source, tenant, externalId, LENGTH_MAX)).toBe(id)
  })

  it('is a hash, never a cut, when it does not fit', () => {
    const long = `${UUID}-${UUID}`
    expect(pulsifiId('jobylon', 'default', long, LENGTH_MAX)).toMatch(/^jobylon_h_[a-z2-7]{26}$/)
    expect(pulsifiId('jobylon', 'default', `${long}1`, LENGTH_MAX)).not.toBe(
      pulsifiId('jobylon', 'default', `${long}2`, LENGTH_MAX),
    )
  })

  it('is never that of another tenant, whatever tenants are called', () => {
    const word = fc.constantFrom(
      '1',
      '12',
      'acme',
      'h',
      'a-1',
      '-',
      'default',
      '\u00e9',
      UUID,
      'a'.repeat(26),
    )
    const tenant = fc.constantFrom('default', 'acme', '1', '12', 'h', 'a-1', '-')
    const externalId = fc.array(word, { minLength: 1, maxLength: 4 }).map(words => words.join('_'))
    const owner = fc.tuple(tenant, externalId)
    fc.assert(
      fc.property(owner, owner, (one, other) => {
        const [a, b] = [one, other].map(([of, id]) => pulsifiId('idibu', of, id, LENGTH_MAX))
        return (a === b) === (one.join('/') === other.join('/'))
      }),
      { numRuns: 20_000 },
    )
  })

  it.each([
    ['a number', '1234567876', '186226', '1234567876_186226'],
    ['the mark of a hash', 'h', 'a'.repeat(26), `h_${'a'.repeat(26)}`],
    ['a word', 'acme', '17', 'acme_17'],
  ])('tells a tenant whose name is %s from an id of tenant default', (_what, tenant, id, double) => {
    expect(pulsifiId('idibu', tenant, id, LENGTH_MAX)).not.toBe(
      pulsifiId('idibu', 'default', double, LENGTH_MAX),
    )
  })
})
