/**
 * One HTTP request over an undici pool, ending in an `Exchange`. Knows whether the request may have reached the wire:
 * undici calls `onRequestStart` when a connection stands and nothing has been written yet.
 */
import type { Dispatcher } from 'undici'
import { DEADLINE, type Exchange, type FailureCode, failureCode, WRITTEN_TWICE } from './http-failure.ts'

/** No answer of Pulsifi comes near; more would be kept in memory for nothing. */
const ANSWER_BYTES_MAX = 1 << 20

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly origin: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface CallResult {
  readonly exchange: Exchange
  /** `Location` of a redirect; null when there is none. */
  readonly location: string | null
}

/** Resolves at the latest when `signal` aborts. A request that has not been started by then never is. */
export function call(
  pool: Dispatcher,
  request: Call,
  signal: AbortSignal,
  now: () => number,
): Promise<CallResult> {
  return new Promise(resolve => {
    const handler = new CallHandler(now, result => {
      signal.removeEventListener('abort', abort)
      resolve(result)
    })
    const abort = () => handler.abort(DEADLINE)
    signal.addEventListener('abort', abort)
    if (signal.aborted) {
      abort()
      return
    }
    try {
      pool.dispatch({ ...request, headers: { ...request.headers } }, handler)
    } catch (error) {
      handler.abort(failureCode(error))
    }
  })
}

class CallHandler implements Dispatcher.DispatchHandler {
  readonly #now: () => number
  readonly #resolve: (result: CallResult) => void
  #controller: Dispatcher.DispatchController | null = null
  #isResolved = false
  #head: { status: number; retryAfter: string | null; location: string | null; answeredAtMs: number } | null =
    null
  #chunks: Buffer[] = []
  #bytes = 0

  constructor(now: () => number, resolve: (result: CallResult) => void) {
    this.#now = now
    this.#resolve = resolve
  }

  abort(code: FailureCode): void {
    this.#fail(code)
    this.#controller?.abort(new Error(code))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Its outcome has been told already, and "not sent" must stay true.
    if (this.#isResolved) {
      controller.abort(new Error(DEADLINE))
      return
    }
    if (this.#controller !== null) {
      this.#fail(WRITTEN_TWICE)
      controller.abort(new Error(WRITTEN_TWICE))
      return
    }
    this.#controller = controller
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return
    this.#head = {
      status,
      retryAfter: first(headers['retry-after']),
      location: first(headers.location),
      answeredAtMs: this.#now(),
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length
    if (this.#bytes > ANSWER_BYTES_MAX) this.abort('ANSWER_TOO_LARGE')
    else this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    this.#end(true, 'NO_ANSWER')
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(failureCode(error))
  }

  #fail(code: FailureCode): void {
    this.#end(false, code)
  }

  /** An answer whose head came says what happened, even when its body broke off. */
  #end(isComplete: boolean, code: FailureCode): void {
    if (this.#isResolved) return
    this.#isResolved = true
    if (this.#head === null) {
      this.#resolve({ exchange: { type: 'failed', sent: this.#controller !== null, code }, location: null })
      return
    }
    const { status, retryAfter, location, answeredAtMs } = this.#head
    const text = Buffer.concat(this.#chunks).toString('utf8')
    this.#resolve({
      exchange: { type: 'answered', status, retryAfter, answeredAtMs, text, isComplete },
      location,
    })
  }
}

const first = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null
