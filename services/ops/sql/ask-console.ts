/** The running console, asked over its API. */
import { z } from 'zod'
import type { SelectAnswer } from '../../platform/duckdb/select-only.ts'
import { UnreachableError } from '../../platform/process/config.ts'
import { OperatorError } from '../cli/exit.ts'

const ANSWER_WITHIN_MS = 20_000

const Value: z.ZodType<SelectAnswer['rows'][number][number]> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(Value)]),
)
const Answer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(Value)),
  is_truncated: z.boolean(),
})
const Refusal = z.object({ error: z.object({ message: z.string() }) })

export interface Question {
  readonly url: URL
  readonly token: string | undefined
  readonly sql: string
  readonly limit: number
}

/**
 * Null when nobody listens there.
 * @throws OperatorError for a statement that is refused, and for who may not ask
 */
export async function askConsole(question: Question, signal: AbortSignal): Promise<SelectAnswer | null> {
  const response = await send(question, signal)
  if (response === null) return null
  if (response.status === 401)
    throw new OperatorError(`the console at ${question.url.host} wants a token: set CONSOLE_TOKEN to its own`)
  const body: unknown = await response.json().catch(() => null)
  const answer = Answer.safeParse(body)
  if (response.ok && answer.success) return answer.data
  const refusal = Refusal.safeParse(body)
  throw new OperatorError(
    refusal.success ? refusal.data.error.message : `what listens at ${question.url.host} is no console`,
  )
}

async function send({ url, token, sql, limit }: Question, signal: AbortSignal): Promise<Response | null> {
  try {
    return await fetch(new URL('/api/sql', url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ sql, row_limit: limit }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
  } catch (error) {
    if (isRefused(error)) return null
    throw new UnreachableError(`the console at ${url.host} did not answer`)
  }
}

const isRefused = (error: unknown): boolean =>
  error instanceof Error &&
  error.cause instanceof Error &&
  Reflect.get(error.cause, 'code') === 'ECONNREFUSED'
