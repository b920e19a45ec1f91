import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { AuthMethod } from '../../../services/ingress/authenticate.ts'
import { checkSignature, isAllowedFrom } from '../../../services/ingress/signature.ts'
import type { Connection } from '../../../services/platform/connections/connections.ts'

const body = Buffer.from('{"payload":{}}')
// As `printf '%s' '{"payload":{}}' | openssl dgst -sha256 -hmac s3cret` prints it.
const HEX = '6500a43287d2c3d8ebb3d625178e5a1aaa9e96bd7c0d656d54ab3d62b5c84a67'
const BASE64 = Buffer.from(HEX, 'hex').toString('base64')
const idibu: Connection = { source: 'idibu', tenant: 'default', secrets: ['old', 's3cret'], settings: {} }
const check = (
  headers: Record<string, string>,
  connection: Partial<Connection> = {},
  auth: AuthMethod = 'hook-token',
) => checkSignature({ body, headers }, { ...idibu, ...connection }, auth).type

describe('a signature', () => {
  it.each([
    ['authorization', HEX],
    ['x-idibu-signature', BASE64],
    ['x-idibuv3-signature', HEX.toUpperCase()],
    ['x-hub-signature-256', `sha256=${HEX}`],
  ])('is found in %s without being asked for', (header, value) => {
    expect(check({ [header]: value })).toBe('proven')
    expect(check({ [header]: value }, { secrets: ['other'] })).toBe('unproven')
  })

  it.each([
    ['none', {}],
    [
      'one of another body',
      { 'x-hub-signature-256': createHmac('sha256', 's3cret').update('x').digest('hex') },
    ],
    ['the secret itself', { 'x-signature': 's3cret' }],
    ['one in a header of another kind', { 'x-request-id': HEX }],
  ])('%s is no objection while observing, and one when it is required', (_name, headers) => {
    const given = headers as Record<string, string>
    expect(check(given)).toBe('unproven')
    expect(check(given, { signature: { mode: 'observe' } })).toBe('unproven')
    expect(check(given, { signature: { mode: 'require' } })).toBe('refused')
  })

  it('is not looked for in what has proved to be the credential', () => {
    expect(check({ authorization: HEX }, {}, 'bearer')).toBe('unproven')
    expect(
      check({ authorization: HEX }, { signature: { mode: 'require', header: 'authorization' } }, 'bearer'),
    ).toBe('proven')
  })

  it('counts only in the header that is named, made with the secret that is named', () => {
    const signature = { mode: 'require', header: 'x-request-id' } as const
    expect(check({ 'x-request-id': HEX }, { signature })).toBe('proven')
    expect(check({ 'x-hub-signature': HEX }, { signature })).toBe('refused')
    expect(check({ 'x-request-id': HEX }, { signature: { ...signature, secret: 'k' } })).toBe('refused')
  })
})

describe('where a webhook comes from', () => {
  it('is judged by the list of its connection, if there is one', () => {
    expect(isAllowedFrom(idibu, () => '192.0.2.1')).toBe(true)
    const allowed = { ...idibu, allowIps: ['192.0.2.0/24'] }
    expect(['192.0.2.1', '198.51.100.1'].map(sender => isAllowedFrom(allowed, () => sender))).toEqual([
      true,
      false,
    ])
    expect(isAllowedFrom(allowed, () => 'unknown')).toBe(false)
  })
})
