/** Fetches a file from a host that an operator trusts, and from nowhere else. */
import { isIP } from 'node:net'
import { Agent, type Dispatcher, request } from 'undici'
import { isHostIn } from '../../core/reading/url.ts'
import { codeOf } from '../../platform/process/log-events.ts'
import { ADDRESS_NOT_PUBLIC, publicLookup } from './public-addresses.ts'

export type FetchedFile =
  | { readonly type: 'fetched'; readonly bytes: Buffer }
  /** It will not be fetched at any later time either. */
  | { readonly type: 'refused'; readonly code: string }
  /** Not now. */
  | { readonly type: 'failed'; readonly code: string }

export type FetchFile = (url: string, hosts: readonly string[], signal: AbortSignal) => Promise<FetchedFile>

export interface FetchLimits {
  readonly bytesMax: number
  /** For all of it, redirects included. */
  readonly withinMs: number
}

const REDIRECTS_MAX = 3
const CONNECT_WITHIN_MS = 10_000

/** Connects to public addresses only, whatever a name resolves to. */
export const publicAgent = (): Dispatcher =>
  new Agent({ connect: { lookup: publicLookup(), timeout: CONNECT_WITHIN_MS }, pipelining: 0 })

/** Why the address may not be fetched; null when it may. A name is asked for, since an address needs no resolving. */
export function refusalOf(url: URL | null, hosts: readonly string[]): string | null {
  if (url === null || url.protocol !== 'https:' || url.port !== '') return 'NOT_HTTPS'
  if (url.username !== '' || url.password !== '') return 'CREDENTIALS_IN_URL'
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return 'HOST_IS_AN_ADDRESS'
  return isHostIn(url.hostname, hosts) ? null : 'HOST_NOT_ALLOWED'
}

export function createFileFetcher(dispatcher: Dispatcher, limits: FetchLimits): FetchFile {
  return async function fetchFile(text, hosts, signal) {
    const until = AbortSignal.any([signal, AbortSignal.timeout(limits.withinMs)])
    let url = URL.parse(text)
    for (let redirects = 0; redirects <= REDIRECTS_MAX; redirects++) {
      const refusal = refusalOf(url, hosts)
      if (refusal !== null || url === null) return { type: 'refused', code: refusal ?? 'NOT_HTTPS' }
      const answer = await fetchOnce(url, dispatcher, limits, until)
      if (answer.type !== 'redirected') return answer
      const next = URL.parse(answer.location, url.href)
      if (next?.hostname !== url.hostname) return { type: 'refused', code: 'REDIRECTED_ELSEWHERE' }
      url = next
    }
    return { type: 'failed', code: 'TOO_MANY_REDIRECTS' }
  }
}

type Answer = FetchedFile | { readonly type: 'redirected'; readonly location: string }

async function fetchOnce(
  url: URL,
  dispatcher: Dispatcher,
  limits: FetchLimits,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const headers = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'atsflow' }
    const response = await request(url, { dispatcher, signal, headers })
    return await read(response, limits.bytesMax)
  } catch (error) {
    const code = signal.aborted ? 'TIMEOUT' : codeOf(error)
    return { type: code === ADDRESS_NOT_PUBLIC ? 'refused' : 'failed', code }
  }
}

async function read(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  bytesMax: number,
): Promise<Answer> {
  const end = (answer: Answer): Answer => {
    // Nobody waits for the rest; destroying a body that is still coming says so as an error event.
    body.on('error', () => undefined).destroy()
    return answer
  }
  const { location } = headers
  if (statusCode >= 300 && statusCode < 400 && typeof location === 'string')
    return end({ type: 'redirected', location })
  if (statusCode !== 200) return end({ type: 'failed', code: `HTTP_${statusCode}` })
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    return end({ type: 'failed', code: 'CONTENT_ENCODING' })
  if (Number(headers['content-length'] ?? 0) > bytesMax) return end({ type: 'refused', code: 'TOO_LARGE' })
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body as AsyncIterable<Buffer>) {
    length += piece.length
    if (length > bytesMax) return end({ type: 'refused', code: 'TOO_LARGE' })
    pieces.push(piece)
  }
  return { type: 'fetched', bytes: Buffer.concat(pieces, length) }
}
