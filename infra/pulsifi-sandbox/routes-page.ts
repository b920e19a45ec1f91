/** What a browser or a probe looks at. */
import { readFileSync } from 'node:fs'
import type { Router, RouterContext } from '@koa/router'
import { Gauge, Registry } from 'prom-client'
import manifest from '../../package.json' with { type: 'json' }
import { notFound } from './api-error.ts'
import { invitationPage, page } from './page.ts'
import { reportPdf } from './report-pdf.ts'
import type { Sandbox } from './sandbox.ts'
import type { Candidate } from './state.ts'

export function addPageRoutes(router: Router, sandbox: Sandbox): void {
  const { state } = sandbox.store
  router.get('/', ctx => {
    const { search } = ctx.query
    html(
      ctx,
      page({
        ...{ state, calls: sandbox.calls.list(), faults: sandbox.faults.list(), nowMs: Date.now() },
        search: typeof search === 'string' ? search : '',
      }),
    )
  })
  for (const [name, type] of [
    ['live.js', 'text/javascript; charset=utf-8'],
    ['page.css', 'text/css; charset=utf-8'],
  ] as const) {
    const text = readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8')
    router.get(`/page/${name}`, ctx => {
      ctx.type = type
      ctx.set('cache-control', 'no-cache')
      ctx.body = text
    })
  }
  router.get('/invites/:invite_code', ctx => {
    const id = state.candidateIdByInviteCode.get(ctx.params.invite_code ?? '')
    html(ctx, invitationPage(state, found(state.candidates.get(id ?? '')), Date.now()))
  })
  router.get('/reports/:candidate_id.pdf', ctx => {
    const candidate = found(state.candidates.get(ctx.params.candidate_id ?? ''))
    if (candidate.status !== 'completed') throw notFound('report')
    ctx.type = 'application/pdf'
    ctx.body = reportPdf(candidate)
  })
}

export function addProbeRoutes(router: Router, sandbox: Sandbox): void {
  const metrics = metricsOf(sandbox)
  for (const path of ['/livez', '/readyz']) {
    router.get(path, ctx => {
      ctx.body = { status: 'ok' }
    })
  }
  router.get('/version', ctx => {
    ctx.body = { service: 'pulsifi-sandbox', version: manifest.version, api: '4.1.0' }
  })
  router.get('/metrics', async ctx => {
    ctx.type = metrics.contentType
    ctx.body = await metrics.metrics()
  })
}

function metricsOf(sandbox: Sandbox): Registry {
  const registry = new Registry()
  new Gauge({
    name: 'pulsifi_sandbox_requests_total',
    help: 'Requests to the Pulsifi API by operation and status',
    labelNames: ['operation', 'status'],
    registers: [registry],
    collect() {
      this.reset()
      for (const { operation, status, count } of sandbox.calls.counts())
        this.set({ operation, status }, count)
    },
  })
  return registry
}

function found(candidate: Candidate | undefined): Candidate {
  if (candidate === undefined) throw notFound('candidate')
  return candidate
}

function html(ctx: RouterContext, text: string): void {
  ctx.type = 'html'
  ctx.set('cache-control', 'no-store')
  ctx.set(
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'",
  )
  ctx.body = text
}
