import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createOidc, type Oidc } from '../../../../services/console/serve/oidc.ts'

const CLIENT = { clientId: 'console', clientSecret: 'a secret of the console at its provider' }
const CALLBACK = new URL('http://127.0.0.1:8090/oidc/callback')
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2_048 })
const [ours, anothers] = [rsa(), rsa()]
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

interface Forgery {
  readonly claims?: Record<string, unknown>
  readonly alg?: 'RS256' | 'HS256' | 'none'
  readonly key?: KeyObject
  /** What the metadata of the provider call it. */
  readonly issuer?: string
}

let provider: Server
let issuer: string
/** What the provider says at the moment. */
let forgery: Forgery
let nonce: string
let oidc: Oidc

function token({ claims = {}, alg = 'RS256', key = ours.privateKey }: Forgery): string {
  const seconds = Math.floor(Date.now() / 1_000)
  const told = { email: 'lou@example.com', email_verified: true, iat: seconds, exp: seconds + 60, nonce }
  const payload = { iss: issuer, sub: 'subject-of-lou', aud: CLIENT.clientId, ...told, ...claims }
  const signed = `${base64url({ alg, kid: 'one' })}.${base64url(payload)}`
  const signature = {
    RS256: () => createSign('RSA-SHA256').update(signed).sign(key, 'base64url'),
    HS256: () => createHmac('sha256', CLIENT.clientSecret).update(signed).digest('base64url'),
    none: () => '',
  }[alg]()
  return `${signed}.${signature}`
}

const answerOf = (path: string): unknown =>
  ({
    '/.well-known/openid-configuration': {
      issuer: forgery.issuer ?? issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      id_token_signing_alg_values_supported: ['RS256'],
    },
    '/jwks': {
      keys: [{ ...ours.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
    },
    '/token': { access_token: 'opaque', token_type: 'bearer', id_token: token(forgery) },
  })[path]

beforeAll(async () => {
  provider = createServer((request, response) => {
    request.resume()
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answerOf(new URL(request.url ?? '/', issuer).pathname)))
  })
  await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterAll(() => {
  provider.close()
  provider.closeAllConnections()
})
beforeEach(() => {
  forgery = {}
  oidc = createOidc({ issuer: new URL(issuer), ...CLIENT, takesAddresses: false })
})

/** Whom the provider vouches for, for a browser that went there and came back. */
async function comeBack(change: Forgery = {}, proofOf = (proof: string) => proof) {
  const { location, proof } = await oidc.begin(CALLBACK, false)
  const asked = new URL(location).searchParams
  nonce = asked.get('nonce') ?? ''
  forgery = change
  const query = new URLSearchParams({ code: 'a-code', state: asked.get('state') ?? '' })
  return oidc.finish(new URL(`?${query}`, CALLBACK), proofOf(proof))
}

describe('what a provider says of somebody', () => {
  it('is believed when it has signed it, for us and now', async () => {
    expect(await comeBack()).toEqual({ names: ['subject-of-lou'], provedMs: null })
  })

  it('is an address only where that is asked for, and where it was verified', async () => {
    oidc = createOidc({ issuer: new URL(issuer), ...CLIENT, takesAddresses: true })
    expect((await comeBack()).names).toEqual(['subject-of-lou', 'lou@example.com'])
    expect((await comeBack({ claims: { email_verified: false } })).names).toEqual(['subject-of-lou'])
  })

  it('is no address for being called like one', async () => {
    const called = { claims: { sub: 'kim@example.com' } }
    expect((await comeBack(called)).names).toEqual(['kim@example.com'])
    oidc = createOidc({ issuer: new URL(issuer), ...CLIENT, takesAddresses: true })
    expect((await comeBack(called)).names).toEqual(['lou@example.com'])
    expect((await comeBack({ claims: { ...called.claims, email_verified: false } })).names).toEqual([])
  })

  it('is when they have proved themselves, where it says so', async () => {
    expect((await comeBack({ claims: { auth_time: 1_780_000_000 } })).provedMs).toBe(1_780_000_000_000)
  })

  it.each<[string, Forgery]>([
    ['signed by somebody else', { key: anothers.privateKey }],
    ['not signed at all', { alg: 'none' }],
    ['signed with what the console itself knows', { alg: 'HS256' }],
    ['meant for somebody else', { claims: { aud: 'another-client' } }],
    ['said by somebody else', { claims: { iss: 'https://elsewhere.example.com' } }],
    ['over', { claims: { exp: Math.floor(Date.now() / 1_000) - 60 } }],
    ['said to another browser', { claims: { nonce: 'of-another-sign-in' } }],
    ['about nobody', { claims: { sub: undefined } }],
  ])('is not believed when it is %s', async (_what, change) => {
    await expect(comeBack(change)).rejects.toThrow()
  })

  it('is not asked for on behalf of a browser that did not begin', async () => {
    await expect(comeBack({}, () => '')).rejects.toThrow('did not begin')
    await expect(comeBack({}, proof => proof.replace(/^[^.]+/, 'another-state'))).rejects.toThrow()
    const answer = (state: string) => new URL(`?state=${state}`, CALLBACK)
    expect(oidc.isAnswerTo(answer('one'), 'one.nonce.verifier')).toBe(true)
    expect(oidc.isAnswerTo(answer('one'), 'another.nonce.verifier')).toBe(false)
    for (const url of [answer(''), CALLBACK]) expect(oidc.isAnswerTo(url, '')).toBe(false)
  })

  it('is not listened to when it calls itself otherwise than it is called', async () => {
    forgery = { issuer: 'https://elsewhere.example.com' }
    await expect(oidc.begin(CALLBACK, false)).rejects.toThrow()
  })
})

it('sends the browser with a challenge, and keeps what answers it', async () => {
  const { location, proof } = await oidc.begin(CALLBACK, false)
  const asked = new URL(location).searchParams
  const [, , verifier = ''] = proof.split('.')
  expect(asked.get('code_challenge_method')).toBe('S256')
  expect(verifier).toHaveLength(43)
  expect(location).not.toContain(verifier)
  expect([asked.get('scope'), asked.get('prompt'), asked.get('max_age')]).toEqual(['openid', null, null])
})

it('has the provider ask again where somebody is to prove themselves', async () => {
  const asked = new URL((await oidc.begin(CALLBACK, true)).location).searchParams
  expect([asked.get('prompt'), asked.get('max_age')]).toEqual(['login', '0'])
})
