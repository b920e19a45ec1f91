/** The shell around every operation of the API: token, rate, faults, the answer, and its record. */
import { setTimeout as wait } from 'node:timers/promises'
import type { RouterContext, RouterMiddleware } from '@koa/router'
import { ApiError } from './api-error.ts'
import type { FaultRule } from './faults.ts'
import { readJson, textMember } from './read-body.ts'
import type { Sandbox } from './sandbox.ts'

export type Request = {
  readonly body: unknown
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | string[] | undefined>>
  readonly authorization: string
}

/** Checks, changes, and returns the answer's body. By the time it returns, what it changed is on disk. */
export type Handler = (request: Request) => unknown

type Terms = {
  /** The token endpoint needs no token and, as RFC 6749 has it, is never wrapped. */
  readonly isToken?: boolean
}

type Ending = 'answered' | 'hung' | 'reset'

export function operation(
  sandbox: Sandbox,
  name: string,
  handler: Handler,
  terms: Terms = {},
): RouterMiddleware {
  return async ctx => {
    const end = sandbox.calls.begin(name)
    const seen = { reference: null as string | null, faults: [] as string[] }
    let ending: Ending = 'answered'
    try {
      const request = await admit(sandbox, ctx, terms)
      seen.reference = textMember(request.body, 'ext_reference_id') ?? textMember(request.body, 'external_id')
      const strikes = sandbox.faults.strike({ operation: name, reference: seen.reference })
      seen.faults = strikes.map(rule => rule.action)
      ending = await perform(ctx, strikes, async () => reply(sandbox, ctx, await handler(request), terms))
    } catch (reason) {
      answerError(sandbox, ctx, reason)
    }
    end({ status: ending === 'answered' ? ctx.status : null, ...seen })
    leave(ctx, ending)
  }
}

/** Token first, as any gateway would; then the body, so that a refused call is recorded with its reference. */
async function admit(sandbox: Sandbox, ctx: RouterContext, terms: Terms): Promise<Request> {
  const authorization = ctx.get('authorization')
  if (!terms.isToken) sandbox.tokens.check(authorization, Date.now())
  const body = await readJson(ctx.req)
  if (!sandbox.isWithinRate()) {
    throw new ApiError(429, 'RATE_LIMITED', 'too many requests', [], { 'retry-after': '1' })
  }
  if (ctx.accepts('application/json') === false) {
    throw new ApiError(400, 'NOT_ACCEPTABLE', 'send Accept: application/json')
  }
  return { body, params: ctx.params, query: ctx.query, authorization }
}

function reply(sandbox: Sandbox, ctx: RouterContext, body: unknown, terms: Terms): void {
  const isWrapped = sandbox.options.reply === 'wrapped' && !terms.isToken
  ctx.status = 200
  ctx.body = isWrapped ? { data: body, meta: null } : body
}

/** All latencies add up; of the other rules the first decides. */
async function perform(
  ctx: RouterContext,
  strikes: readonly FaultRule[],
  handle: () => Promise<void>,
): Promise<Ending> {
  for (const rule of strikes) if (rule.action === 'latency') await wait(rule.ms, undefined, { ref: false })
  const rule = strikes.find(candidate => candidate.action !== 'latency')
  switch (rule?.action) {
    case 'status':
      answerScripted(ctx, rule)
      return 'answered'
    case 'error-before-write':
      throw scriptedError(rule.status)
    case 'error-after-write':
      await handle()
      throw scriptedError(rule.status)
    case 'reset-before-write':
      return 'reset'
    case 'reset-after-write':
      await handle()
      return 'reset'
    case 'hang':
      return 'hung'
    case 'hang-after-write':
      await handle()
      return 'hung'
    default:
      await handle()
      return 'answered'
  }
}

const scriptedError = (status: number) => new ApiError(status, 'INTERNAL_ERROR', 'something went wrong')

function answerScripted(ctx: RouterContext, rule: Extract<FaultRule, { action: 'status' }>): void {
  ctx.status = rule.status
  ctx.body = rule.body ?? new ApiError(rule.status, 'SCRIPTED', 'a scripted refusal')
  if (rule.retryAfter !== undefined) ctx.set('retry-after', String(rule.retryAfter))
}

/** A hung connection stays open until its client or the end of the sandbox closes it. */
function leave(ctx: RouterContext, ending: Ending): void {
  if (ending === 'answered') return
  ctx.respond = false
  if (ending === 'reset') ctx.req.socket.resetAndDestroy()
}

/** What is no ApiError is a fault of the sandbox itself and worth a log line; its text may quote a body. */
export function answerError(
  sandbox: Sandbox,
  ctx: Pick<RouterContext, 'status' | 'body' | 'set'>,
  reason: unknown,
): void {
  const error =
    reason instanceof ApiError ? reason : new ApiError(500, 'SANDBOX_BROKEN', 'a fault in the sandbox')
  if (error !== reason) {
    const name = reason instanceof Error ? reason.name : typeof reason
    sandbox.log.error({ event: 'request.broken', name }, 'a request failed in the sandbox itself')
  }
  ctx.status = error.status
  ctx.body = error.toJSON()
  ctx.set({ ...error.headers })
}
