/** The sandbox's own API, for tests, the demo and its page: never a part of Pulsifi's. */
import type { Router, RouterContext, RouterMiddleware } from '@koa/router'
import { z } from 'zod'
import { ApiError, notFound } from './api-error.ts'
import { faultRules } from './faults.ts'
import { answerError } from './operation.ts'
import { isForm, readForm, readJson } from './read-body.ts'
import { candidateReply, webhookReply } from './replies.ts'
import type { Sandbox } from './sandbox.ts'
import { duplicatesIn } from './state.ts'
import { isOn, isRuleOf, SWITCHES } from './switches.ts'
import { validated } from './validate.ts'

const MOVES = { open: 'opened', start: 'started', complete: 'completed', expire: 'expired' } as const

const score = z.strictObject({
  score_format: z.int(),
  score_type: z.string(),
  score_value: z.number().max(100),
})
const scores = z.array(score).nullable()
/** Scores to complete with, instead of the ones that follow from the reference. */
const completion = z.strictObject({ scores, additional_scores: scores.default(null) }).optional()

const jobStatus = z.strictObject({ status: z.enum(['active', 'draft', 'closed']) })

export function addControlRoutes(router: Router, sandbox: Sandbox): void {
  const { calls, faults, store, lifecycle } = sandbox
  const route = (handle: (ctx: RouterContext) => unknown) => control(sandbox, handle)
  addSwitchRoutes(router, sandbox)
  router.get(
    '/_sandbox/state',
    route(() => snapshot(sandbox)),
  )
  router.delete(
    '/_sandbox/state',
    route(async () => {
      lifecycle.stop()
      calls.clear()
      await store.commit({ type: 'cleared' })
      return counts(sandbox)
    }),
  )
  router.get(
    '/_sandbox/calls',
    route(() => calls.list()),
  )
  router.get(
    '/_sandbox/stats',
    route(() => stats(sandbox)),
  )
  router.get(
    '/_sandbox/faults',
    route(() => faults.list()),
  )
  router.post(
    '/_sandbox/faults',
    route(async ctx => {
      faults.add(validated(faultRules, await readJson(ctx.req), false))
      return faults.list()
    }),
  )
  router.delete(
    '/_sandbox/faults',
    route(() => {
      faults.clear()
      return []
    }),
  )
  router.post(
    '/_sandbox/jobs/:job_id/status',
    route(ctx => setJobStatus(sandbox, ctx)),
  )
  for (const verb of ['open', 'start', 'complete', 'expire'] as const) {
    router.post(
      `/_sandbox/candidates/:candidate_id/${verb}`,
      route(ctx => moveCandidate(sandbox, ctx, verb)),
    )
  }
}

function addSwitchRoutes(router: Router, sandbox: Sandbox): void {
  const route = (handle: (ctx: RouterContext) => unknown) => control(sandbox, handle)
  router.post(
    '/_sandbox/switches',
    route(ctx => {
      sandbox.faults.clear()
      backToPage(ctx)
    }),
  )
  router.post(
    '/_sandbox/switches/:name',
    route(ctx => setSwitch(sandbox, ctx)),
  )
}

function control(sandbox: Sandbox, handle: (ctx: RouterContext) => unknown): RouterMiddleware {
  return async ctx => {
    try {
      const body = await handle(ctx)
      if (body !== undefined) ctx.body = body
    } catch (reason) {
      answerError(sandbox, ctx, reason)
    }
  }
}

/** A button of the page sends a form and is sent back to the page; a program sends JSON or nothing. */
async function moveCandidate(
  sandbox: Sandbox,
  ctx: RouterContext,
  verb: keyof typeof MOVES,
): Promise<unknown> {
  const candidate = sandbox.store.state.candidates.get(ctx.params.candidate_id ?? '')
  if (candidate === undefined) throw notFound('candidate')
  const byForm = isForm(ctx.req)
  const result = byForm ? undefined : validated(completion, await readJson(ctx.req), false)
  const moved = await sandbox.lifecycle.move(candidate, MOVES[verb], result)
  if (moved === null) throw new ApiError(409, 'NOT_POSSIBLE', `the candidate cannot ${verb} now`)
  if (!byForm) return candidateReply(moved, sandbox.baseUrl(), Date.now())
  backToPage(ctx)
}

function backToPage(ctx: RouterContext): void {
  ctx.redirect('/')
  ctx.status = 303
}

const switched = z.strictObject({ on: z.enum(['true', 'false']) })

/** One switch of the page, by form or JSON; saying twice what is so already changes nothing. */
async function setSwitch({ faults }: Sandbox, ctx: RouterContext): Promise<unknown> {
  const fault = SWITCHES.find(({ name }) => name === ctx.params.name)
  if (fault === undefined) throw notFound('switch')
  const byForm = isForm(ctx.req)
  const { on } = validated(switched, await (byForm ? readForm(ctx.req) : readJson(ctx.req)), false)
  if (on === 'false') faults.remove(armed => isRuleOf(fault, armed))
  else if (!isOn(fault, faults.list())) faults.add([fault.rule])
  return byForm ? backToPage(ctx) : faults.list()
}

async function setJobStatus(sandbox: Sandbox, ctx: RouterContext): Promise<unknown> {
  const job = sandbox.store.state.jobs.get(ctx.params.job_id ?? '')
  if (job === undefined) throw notFound('job')
  const byForm = isForm(ctx.req)
  const { status } = validated(jobStatus, await (byForm ? readForm(ctx.req) : readJson(ctx.req)), false)
  await sandbox.store.commit({ type: 'job', job: { ...job, status } })
  return byForm ? backToPage(ctx) : { ...job, status }
}

function snapshot(sandbox: Sandbox) {
  const { jobs, candidates, webhooks, deliveries } = sandbox.store.state
  const nowMs = Date.now()
  return {
    counts: counts(sandbox),
    jobs: [...jobs.values()],
    candidates: [...candidates.values()].map(candidate => ({
      ...candidateReply(candidate, sandbox.baseUrl(), nowMs),
      invite_code: candidate.invite_code,
      skills: candidate.skills,
      work_experiences: candidate.work_experiences,
    })),
    webhooks: [...webhooks.values()].map(webhook => ({
      ...webhookReply(webhook),
      has_secret: webhook.secret !== null,
    })),
    deliveries: [...deliveries.values()],
  }
}

function counts(sandbox: Sandbox) {
  const { jobs, candidates, webhooks, deliveries } = sandbox.store.state
  return {
    jobs: jobs.size,
    candidates: candidates.size,
    webhooks: webhooks.size,
    deliveries: deliveries.size,
  }
}

/** Of whom the address is known. */
const byPersonAndJob = (
  candidates: readonly { email: string | null; job_id: string; candidate_id: string }[],
) =>
  new Map(
    [
      ...Map.groupBy(
        candidates.filter(({ email }) => email !== null),
        ({ email, job_id }) => `${email} ${job_id}`,
      ),
    ].map(([name, those]) => [name, those.map(({ candidate_id }) => candidate_id)]),
  )

/** The numbers that promises are checked with: double invitations, requests, and the pace of the client. */
function stats(sandbox: Sandbox) {
  const { state } = sandbox.store
  return {
    ...counts(sandbox),
    requests: sandbox.calls.counts(),
    ...sandbox.calls.peaks(),
    candidates_per_ext_reference_id: duplicatesIn(state.candidateIdsByReference),
    candidates_per_person_and_job: duplicatesIn(byPersonAndJob([...state.candidates.values()])),
    jobs_per_external_id: duplicatesIn(state.jobIdsByExternalId),
  }
}
