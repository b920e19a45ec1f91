/** One look at an address: whether something answers there, what, and what time it thinks it is. */
import { failureCode } from '../../platform/pulsifi/http-failure.ts'

export type HttpProbe =
  | {
      readonly type: 'answered'
      readonly status: number
      /** The header `Date`, ms since the epoch; null when there is none. */
      readonly dateMs: number | null
      readonly sentAtMs: number
      readonly answeredAtMs: number
      readonly text: string
    }
  | { readonly type: 'failed'; readonly code: string }

export interface ProbeOptions {
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly timeoutMs: number
  readonly nowMs: () => number
}

/** Never throws, follows no redirect. */
export async function probeHttp(url: string, options: ProbeOptions): Promise<HttpProbe> {
  const { method = 'GET', headers = {}, body = null, timeoutMs, nowMs } = options
  const sentAtMs = nowMs()
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const response = await fetch(url, { method, headers, body, signal, redirect: 'manual' })
    const answeredAtMs = nowMs()
    const dateMs = Date.parse(response.headers.get('date') ?? '')
    return {
      type: 'answered',
      status: response.status,
      dateMs: Number.isNaN(dateMs) ? null : dateMs,
      sentAtMs,
      answeredAtMs,
      text: await response.text(),
    }
  } catch (error) {
    return { type: 'failed', code: isTimeout(error) ? 'TIMEOUT' : failureCode(error) }
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError'
