import { randomBytes } from 'node:crypto'
import type { Router } from '@koa/router'
import type { z } from 'zod'
import { ApiError, notFound } from './api-error.ts'
import { operation, type Request } from './operation.ts'
import { candidateReply, invitationReply } from './replies.ts'
import type { Sandbox } from './sandbox.ts'
import { type Candidate, decideCreate, type Job } from './state.ts'
import { candidateRequest, deadlineMax, validated } from './validate.ts'

/** Guideline, "Candidate Endpoints". */
export function addCandidateRoutes(router: Router, sandbox: Sandbox): void {
  const { state } = sandbox.store
  const show = (id: string | undefined) => {
    const candidate = state.candidates.get(id ?? '')
    if (candidate === undefined) throw notFound('candidate')
    return candidateReply(candidate, sandbox.baseUrl(), Date.now())
  }
  router.post(
    '/partner/v1.0/standard/candidates',
    operation(sandbox, 'candidates.create', request => createCandidate(sandbox, request)),
  )
  router.get(
    '/partner/v1.0/standard/candidates/invitation/:invite_code',
    operation(sandbox, 'candidates.get-by-invitation', ({ params }) =>
      show(state.candidateIdByInviteCode.get(params.invite_code ?? '')),
    ),
  )
  router.get(
    '/partner/v1.0/standard/candidates/:candidate_id',
    operation(sandbox, 'candidates.get', ({ params }) => show(params.candidate_id)),
  )
}

async function createCandidate(sandbox: Sandbox, request: Request) {
  const { options, store } = sandbox
  const nowMs = Date.now()
  const body = validated(candidateRequest(nowMs), request.body, options.strict)
  const job = activeJob(store.state.jobs, body.job_id)
  const decision = decideCreate(
    options.duplicates,
    store.state.candidateIdsByReference,
    body.ext_reference_id,
  )
  if (decision.type === 'reject') {
    throw new ApiError(409, 'DUPLICATE_EXT_REFERENCE_ID', 'a candidate with this ext_reference_id exists')
  }
  const existing = decision.type === 'return' ? store.state.candidates.get(decision.id) : undefined
  if (existing !== undefined) return invitationReply(existing, sandbox.baseUrl(), nowMs)
  const candidate = newCandidate(body, job, nowMs)
  const written = store.commit({ type: 'candidate', candidate })
  sandbox.lifecycle.schedule(candidate)
  await written
  return invitationReply(candidate, sandbox.baseUrl(), nowMs)
}

/** The guideline has no error codes; these are the ones that Pulsifi's Workday connector is known to answer. */
function activeJob(jobs: ReadonlyMap<string, Job>, id: string): Job {
  const job = jobs.get(id.toLowerCase())
  if (job === undefined) throw new ApiError(400, 'JOB_NOT_FOUND', 'job_id names no job')
  if (job.status === 'closed') throw new ApiError(400, 'JOB_IS_CLOSED', 'the job is closed')
  if (job.status === 'draft') throw new ApiError(400, 'NOT_ACTIVE_JOB', 'the job is not active')
  return job
}

/** A candidate id is an opaque string in the guideline, so it is no UUID here: nobody should come to rely on one. */
function newCandidate(
  body: z.output<ReturnType<typeof candidateRequest>>,
  job: Job,
  nowMs: number,
): Candidate {
  return {
    candidate_id: randomBytes(12).toString('hex'),
    invite_code: randomBytes(12).toString('base64url'),
    job_id: job.id,
    ext_reference_id: body.ext_reference_id,
    is_anonymous_candidate: body.is_anonymous_candidate ?? false,
    email: body.email ?? null,
    first_name: body.first_name ?? null,
    last_name: body.last_name ?? null,
    skills: body.skills ?? [],
    work_experiences: body.work_experiences ?? [],
    status: 'invited',
    created_at: new Date(nowMs).toISOString(),
    invitation_expired_at: new Date(
      body.deadline === undefined ? deadlineMax(nowMs).toMillis() : Date.parse(body.deadline),
    ).toISOString(),
    result: null,
  }
}
