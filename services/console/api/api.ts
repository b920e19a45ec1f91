/** The declared operations as routes. What several ask is answered once, where it is not about the one who asks. */
import Router from '@koa/router'
import type Koa from 'koa'
import type { AuditTrail } from '../audit/trail.ts'
import { mainScoreTypeOf } from '../figures/current-scores.ts'
import { type ApiContext, ApiError, type Audited, type Endpoint } from '../figures/endpoint.ts'
import type { FaultPorts } from '../serve/answer-faults.ts'
import { readJson } from '../serve/read-body.ts'
import type { User } from '../serve/user.ts'
import type { Database } from '../store/database.ts'
import { EXPORTS, exportNamed, exportTable, isFormat } from './exports.ts'
import { type KeptAnswers, keepAnswers, keepForMark } from './kept-answers.ts'
import { openApiDocument } from './openapi.ts'
import { OPERATIONS } from './operations.ts'

export interface ApiPorts extends FaultPorts {
  /** Of who may see everything. */
  readonly context: Omit<ApiContext, 'user' | 'mainScoreType'>
  readonly database: Pick<Database, 'read' | 'use' | 'limitedTo' | 'exportDirectory'>
  /** Differs whenever the tables may. */
  readonly dataMark: () => string
  /** Rejects when it cannot be recorded: then nothing is shown or done. */
  readonly audit: AuditTrail
  readonly version: string
}

export function createApi(ports: ApiPorts): Router {
  const router = new Router()
  const kept = keepAnswers(ports.dataMark, () => performance.now())
  const desk = { ...ports, kept, contextOf: contexts(ports) }
  for (const operation of OPERATIONS)
    router[operation.method](operation.path, ctx => handle(ctx, operation, desk))
  const document = openApiDocument(OPERATIONS, ports.version)
  router.get('/api/openapi.json', ctx => {
    ctx.body = document
  })
  router.get('/api/exports/:file', ctx => sendExport(ctx, desk))
  router.all('/api/{*rest}', () => {
    throw new ApiError(404, 'NOT_FOUND', 'see /api/openapi.json')
  })
  return router
}

interface Desk extends ApiPorts {
  readonly kept: KeptAnswers
  /** What the user may use. The guard before has found out who it is. */
  readonly contextOf: (ctx: Koa.Context) => ApiContext
}

async function handle(ctx: Koa.Context, operation: Endpoint, desk: Desk): Promise<void> {
  const { kept } = desk
  const body = operation.body === null ? null : await readJson(ctx.req)
  const context = desk.contextOf(ctx)
  await recorded(ctx, desk, operation.name, operation.auditOf({ ...ctx.query }, body, context.user))
  const make = () => operation.answer({ ...ctx.query }, body, context)
  const scope = scopeOf(context.user)
  if (operation.lasts === 'never') {
    ctx.body = await make()
    return
  }
  const isKnown = (mark: string | null) => mark !== null && isTagged(ctx, tagOf(mark, scope))
  if (isKnown(operation.lasts === 'until-a-record' ? kept.mark() : null)) {
    ctx.status = 304
    return
  }
  const answer = kept.get(`${scope} ${ctx.url}`, operation.lasts, make)
  if (isKnown(answer.mark)) ctx.status = 304
  else ctx.body = await answer.body
}

const tagOf = (mark: string, scope: string): string => `W/"${mark}${scope === '' ? '' : `.${scope}`}"`

/** Of a mark from before the answer: one that is too old only makes the next visitor ask again. */
function isTagged(ctx: Koa.Context, tag: string): boolean {
  ctx.set('etag', tag)
  return ctx.get('if-none-match') === tag
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

/** Whose tables are those of another user, too. */
const scopeOf = ({ tenants }: User): string => tenants?.join() ?? ''

function contexts({ context, database, dataMark }: ApiPorts): Desk['contextOf'] {
  const mainScoreTypes = keepForMark<string | null>(dataMark)
  return ctx => {
    const user: User = ctx.state.user
    const seen = user.tenants === null ? database : database.limitedTo(user.tenants)
    const mainScoreType = () => mainScoreTypes(scopeOf(user), () => mainScoreTypeOf(seen))
    return { ...context, user, database: seen, mainScoreType }
  }
}

async function sendExport(ctx: Koa.Context, desk: Desk): Promise<void> {
  const [given = '', format = ''] = String(ctx.params.file).split('.')
  const name = exportNamed(given)
  if (name === null || !isFormat(format))
    throw new ApiError(404, 'NOT_FOUND', `${Object.keys(EXPORTS).join(', ')}, as .csv or .parquet`)
  const context = desk.contextOf(ctx)
  const rows = await EXPORTS[name].rows({ ...ctx.query }, context)
  await recorded(ctx, desk, `export_${name}_${format}`, EXPORTS[name].audited)
  const { exportDirectory } = desk.database
  const { type, sizeBytes, body } = await exportTable(context, exportDirectory, name, format, rows)
  ctx.attachment(`${name}.${format}`)
  ctx.type = type
  ctx.length = sizeBytes
  ctx.body = body
}
