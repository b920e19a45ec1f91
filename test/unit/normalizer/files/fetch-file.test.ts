import { MockAgent } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createFileFetcher,
  publicAgent,
  refusalOf,
} from '../../../../services/normalizer/files/fetch-file.ts'

const HOSTS = ['files.example.com', '*.example.org', 'localhost']
const URL_OF_CV = 'https://files.example.com/cv.pdf?Signature=secret'
const LIMITS = { bytesMax: 1_000, withinMs: 200 }
const signal = new AbortController().signal

let agent: MockAgent
beforeEach(() => {
  agent = new MockAgent()
  agent.disableNetConnect()
})
afterEach(() => agent.close())

const fetchFile = (url = URL_OF_CV) => createFileFetcher(agent, LIMITS)(url, HOSTS, signal)
const host = (origin = 'https://files.example.com') => agent.get(origin)
const cv = (path = '/cv.pdf?Signature=secret') => host().intercept({ path })

describe('an address', () => {
  it.each([
    ['http://files.example.com/a', 'NOT_HTTPS'],
    ['https://files.example.com:8443/a', 'NOT_HTTPS'],
    ['ftp://files.example.com/a', 'NOT_HTTPS'],
    ['file:///etc/passwd', 'NOT_HTTPS'],
    ['https://user:secret@files.example.com/a', 'CREDENTIALS_IN_URL'],
    ['https://127.0.0.1/a', 'HOST_IS_AN_ADDRESS'],
    ['https://[::1]/a', 'HOST_IS_AN_ADDRESS'],
    ['https://2130706433/a', 'HOST_IS_AN_ADDRESS'],
    ['https://files.example.com.evil.test/a', 'HOST_NOT_ALLOWED'],
    ['https://evil.files.example.com/a', 'HOST_NOT_ALLOWED'],
    ['https://example.org/a', 'HOST_NOT_ALLOWED'],
    ['https://evilexample.org/a', 'HOST_NOT_ALLOWED'],
  ])('is refused: %s (%s)', (url, code) => {
    expect(refusalOf(URL.parse(url), HOSTS)).toBe(code)
  })

  it.each(['https://files.example.com/a', 'https://FILES.example.com:443/a', 'https://a.b.example.org/'])(
    'is allowed: %s',
    url => expect(refusalOf(URL.parse(url), HOSTS)).toBeNull(),
  )
})

describe('a file', () => {
  it('is fetched without credentials, and uncompressed', async () => {
    let sent: unknown
    cv().reply(200, ({ headers }) => {
      sent = headers
      return Buffer.from('%PDF-1.7')
    })
    expect(await fetchFile()).toEqual({ type: 'fetched', bytes: Buffer.from('%PDF-1.7') })
    expect(sent).toEqual({ accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'atsflow' })
  })

  it('is fetched from where the same host sends us', async () => {
    cv().reply(302, '', { headers: { location: '/moved.pdf' } })
    cv('/moved.pdf').reply(200, 'x')
    expect(await fetchFile()).toMatchObject({ type: 'fetched' })
  })

  it.each([
    'https://other.example.org/cv.pdf',
    'https://169.254.169.254/latest/meta-data',
    '//evil.test/',
    'https://files.example.com.evil.test/',
  ])('is not fetched from another host: %s', async location => {
    cv().reply(307, '', { headers: { location } })
    expect(await fetchFile()).toEqual({ type: 'refused', code: 'REDIRECTED_ELSEWHERE' })
  })

  it('is not fetched from the same host without TLS', async () => {
    cv().reply(301, '', { headers: { location: 'http://files.example.com/cv.pdf' } })
    expect(await fetchFile()).toEqual({ type: 'refused', code: 'NOT_HTTPS' })
  })

  it('is not looked for in circles', async () => {
    host()
      .intercept({ path: /cv/ })
      .reply(302, '', { headers: { location: '/cv.pdf' } })
      .persist()
    expect(await fetchFile()).toEqual({ type: 'failed', code: 'TOO_MANY_REDIRECTS' })
  })

  it.each([
    ['as announced', { headers: { 'content-length': '1001' } }],
    ['as it comes', {}],
  ])('is refused when it is too large, %s', async (_when, options) => {
    cv().reply(200, Buffer.alloc(1_001), options)
    expect(await fetchFile()).toEqual({ type: 'refused', code: 'TOO_LARGE' })
  })

  it.each([403, 404, 429, 500, 204])('does not come now when the answer is %s', async status => {
    cv().reply(status, status === 204 ? '' : 'secret')
    expect(await fetchFile()).toEqual({ type: 'failed', code: `HTTP_${status}` })
  })

  it('does not come now when it takes too long', async () => {
    cv().reply(200, 'x').delay(5_000)
    expect(await fetchFile()).toEqual({ type: 'failed', code: 'TIMEOUT' })
  })

  it('does not come now when it is compressed all the same', async () => {
    cv().reply(200, 'x', { headers: { 'content-encoding': 'gzip' } })
    expect(await fetchFile()).toEqual({ type: 'failed', code: 'CONTENT_ENCODING' })
  })

  it('is never fetched from this machine, although its name is in the list', async () => {
    const dispatcher = publicAgent()
    const fetched = await createFileFetcher(dispatcher, { ...LIMITS, withinMs: 5_000 })(
      'https://localhost/cv.pdf',
      HOSTS,
      signal,
    )
    expect(fetched).toEqual({ type: 'refused', code: 'ADDRESS_NOT_PUBLIC' })
    await dispatcher.destroy()
  })
})
