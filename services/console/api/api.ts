/** The declared operations as routes. An answer that follows from the data is made once and kept until they change. */
import Router from '@koa/router'
import type Koa from 'koa'
import type { AuditTrail } from '../audit/trail.ts'
import { type ApiContext, ApiError, type Audited, type Endpoint } from '../figures/endpoint.ts'
import type { FaultPorts } from '../serve/answer-faults.ts'
import { readJson } from '../serve/read-body.ts'
import type { User } from '../serve/user.ts'
import type { Database } from '../store/database.ts'
import { EXPORTS, exportNamed, exportTable, isFormat } from './exports.ts'
import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'

export interface ApiPorts extends FaultPorts {
  /** Of who may see everything. */
  readonly context: Omit<ApiContext, 'user'>
  readonly database: Pick<Database, 'read' | 'use' | 'limitedTo' | 'exportDirectory'>
  /** Differs whenever an answer may: commits and looks at Kafka. */
  readonly dataMark: () => string
  /** Rejects when it cannot be recorded: then nothing is shown or done. */
  readonly audit: AuditTrail
  readonly version: string
}

/** Answers that are kept at most; the page asks for about twenty. */
const KEPT_MAX = 200

export function createApi(ports: ApiPorts): Router {
  const router = new Router()
  const kept = createKeep(ports.dataMark)
  for (const operation of OPERATIONS)
    router[operation.method](operation.path, ctx => handle(ctx, operation, ports, kept))
  const document = openApiDocument(OPERATIONS, ports.version)
  router.get('/api/openapi.json', ctx => {
    ctx.body = document
  })
  router.get('/api/exports/:file', ctx => sendExport(ctx, ports))
  router.all('/api/{*rest}', () => {
    throw new ApiError(404, 'NOT_FOUND', 'see /api/openapi.json')
  })
  return router
}

type Keep = ReturnType<typeof createKeep>

/** Answers by their address, forgotten together when the data change. */
function createKeep(dataMark: () => string) {
  let mark = ''
  const answers = new Map<string, Promise<unknown>>()
  return {
    mark: dataMark,
    get(address: string, make: () => Promise<unknown>): Promise<unknown> {
      const now = dataMark()
      if (now !== mark || answers.size > KEPT_MAX) answers.clear()
      mark = now
      const known = answers.get(address)
      if (known !== undefined) return known
      const answer = make()
      answers.set(address, answer)
      // A fault is not an answer.
      answer.catch(() => answers.delete(address))
      return answer
    },
  }
}

async function handle(ctx: Koa.Context, operation: Endpoint, ports: ApiPorts, kept: Keep): Promise<void> {
  const body = operation.body === null ? null : await readJson(ctx.req)
  const context = contextOf(ctx, ports)
  await recorded(ctx, ports, operation.name, operation.auditOf({ ...ctx.query }, body, context.user))
  const make = () => operation.answer({ ...ctx.query }, body, context)
  if (!operation.followsData) {
    ctx.body = await make()
    return
  }
  // The mark from before the answer: one that is too old only makes the next visitor ask again.
  const scope = context.user.tenants?.join() ?? ''
  const tag = `W/"${kept.mark()}${scope === '' ? '' : `.${scope}`}"`
  ctx.set('etag', tag)
  if (ctx.get('if-none-match') === tag) {
    ctx.status = 304
    return
  }
  ctx.body = await kept.get(`${scope} ${ctx.url}`, make)
}

async function recorded(
  ctx: Koa.Context,
  { audit, visitorOf, onError }: ApiPorts,
  action: string,
  audited: Audited | null,
): Promise<void> {
  if (audited === null) return
  const { address } = visitorOf(ctx)
  await audit({ user: ctx.state.user, address, action, audited }).catch((error: unknown) => {
    onError(error)
    throw new ApiError(
      503,
      'NOT_RECORDED',
      'it cannot be recorded who asks, so this is not answered: try again',
    )
  })
}

/** What the user may use. The guard before has found out who it is. */
function contextOf(ctx: Koa.Context, { context, database }: ApiPorts): ApiContext {
  const user: User = ctx.state.user
  return { ...context, user, database: user.tenants === null ? database : database.limitedTo(user.tenants) }
}

async function sendExport(ctx: Koa.Context, ports: ApiPorts): Promise<void> {
  const [given = '', format = ''] = String(ctx.params.file).split('.')
  const name = exportNamed(given)
  if (name === null || !isFormat(format))
    throw new ApiError(404, 'NOT_FOUND', `${Object.keys(EXPORTS).join(', ')}, as .csv or .parquet`)
  const context = contextOf(ctx, ports)
  const rows = await EXPORTS[name].rows({ ...ctx.query }, context)
  await recorded(ctx, ports, `export_${name}_${format}`, EXPORTS[name].audited)
  const { exportDirectory } = ports.database
  const { type, sizeBytes, body } = await exportTable(context, exportDirectory, name, format, rows)
  ctx.attachment(`${name}.${format}`)
  ctx.type = type
  ctx.length = sizeBytes
  ctx.body = body
}
