import { DateTime } from 'luxon'

/** The text, trimmed, when it is an absolute http or https address; else null. */
export function httpUrl(text: unknown): string | null {
  if (typeof text !== 'string') return null
  const url = URL.parse(text.trim())
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? text.trim() : null
}

/** The last segment of the path, decoded; null when the path ends in a slash. */
export function fileNameOfUrl(url: string): string | null {
  const segment = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  return decoded(segment).trim() || null
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    // A lone % is legal in a URL and no escape.
    return segment
  }
}

/** Everything before the query: what stays the same when a link is signed again. */
export const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '')

/** Jobylon, webhooks, "files": signed links expire after 24 hours. The life of a signature that does not say. */
const SIGNATURE_LIFE_MS = 24 * 3600 * 1000

/**
 * When a signed link dies, ms since the epoch: by `Expires` (epoch seconds), by `X-Amz-Date` and `X-Amz-Expires`
 * (seconds), else a day after it was received. Null when the link is not signed.
 */
export function expiryOfSignedUrl(url: string, receivedAtMs: number): number | null {
  const query = new Map(
    [...(URL.parse(url)?.searchParams ?? [])].map(([name, value]) => [name.toLowerCase(), value]),
  )
  if (!query.has('signature') && !query.has('x-amz-signature') && !query.has('expires')) return null
  return expiryByEpoch(query) ?? expiryByLife(query) ?? receivedAtMs + SIGNATURE_LIFE_MS
}

function expiryByEpoch(query: ReadonlyMap<string, string>): number | null {
  const seconds = query.get('expires') ?? ''
  return /^\d{9,11}$/.test(seconds) ? Number(seconds) * 1000 : null
}

/** AWS Signature Version 4 in a query: the time of signing as `20240221T160434Z`, and a number of seconds. */
function expiryByLife(query: ReadonlyMap<string, string>): number | null {
  const signedAt = DateTime.fromFormat(query.get('x-amz-date') ?? '', "yyyyMMdd'T'HHmmss'Z'", { zone: 'utc' })
  const seconds = query.get('x-amz-expires') ?? ''
  return signedAt.isValid && /^\d{1,7}$/.test(seconds) ? signedAt.toMillis() + Number(seconds) * 1000 : null
}

/** Whether the host is in the list: by its name, or below the name behind `*.`. */
export const isHostIn = (host: string, hosts: readonly string[]): boolean =>
  hosts.some(entry => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry))
