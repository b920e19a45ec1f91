/** What goes wrong while answering becomes an answer, with the headers that every answer has. */
import type Koa from 'koa'
import { ApiError } from '../figures/endpoint.ts'
import type { ForbiddenPorts } from './security.ts'

export interface FaultPorts extends ForbiddenPorts {
  /** Told of what nobody expected. */
  readonly onError: (error: unknown) => void
}

export function answerFaults({ visitorOf, onForbidden, onError }: FaultPorts): Koa.Middleware {
  return async (ctx, next) => {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof ApiError)) {
        // Whoever breaks off waits for no answer, and writes no line into the log.
        if (!ctx.req.complete) throw error
        onError(error)
        return refuse(ctx, new ApiError(500, 'FAILED', 'the console could not answer; its log says why'))
      }
      if (error.status === 403) onForbidden(visitorOf(ctx).address, ctx.state.user?.name ?? null, error.code)
      refuse(ctx, error)
    }
  }
}

function refuse(ctx: Koa.Context, { status, code, message }: ApiError): void {
  ctx.status = status
  ctx.remove('etag')
  ctx.body = { error: { code, message } }
}
