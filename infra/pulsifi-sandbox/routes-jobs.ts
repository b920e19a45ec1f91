import { randomUUID } from 'node:crypto'
import type { Router } from '@koa/router'
import { ApiError, notFound } from './api-error.ts'
import { operation, type Request } from './operation.ts'
import { jobReply } from './replies.ts'
import type { Sandbox } from './sandbox.ts'
import { decideCreate, type Job } from './state.ts'
import { jobRequest, uuidPath, validated } from './validate.ts'

/** Guideline, "Job Endpoints". "Get" shows a POST in its example; its text says GET. */
export function addJobRoutes(router: Router, sandbox: Sandbox): void {
  router.post(
    '/partner/v1.0/standard/jobs',
    operation(sandbox, 'jobs.create', request => createJob(sandbox, request)),
  )
  router.get(
    '/partner/v1.0/standard/jobs/:job_id',
    operation(sandbox, 'jobs.get', request => {
      validated(uuidPath('job_id'), request.params, false)
      return jobReply(jobOf(sandbox, request.params.job_id))
    }),
  )
}

async function createJob(sandbox: Sandbox, request: Request) {
  const { options, store } = sandbox
  const body = validated(jobRequest, request.body, options.strict)
  const decision = decideCreate(options.duplicates, store.state.jobIdsByExternalId, body.external_id)
  if (decision.type === 'return') return jobReply(jobOf(sandbox, decision.id))
  if (decision.type === 'reject') {
    throw new ApiError(409, 'DUPLICATE_EXTERNAL_ID', 'a job with this external_id exists')
  }
  const job: Job = {
    ...body,
    id: randomUUID(),
    status: 'active',
    employment_type: 'fulltime',
    created_at: new Date().toISOString(),
  }
  await store.commit({ type: 'job', job })
  return jobReply(job)
}

function jobOf(sandbox: Sandbox, id: string | undefined): Job {
  const job = sandbox.store.state.jobs.get((id ?? '').toLowerCase())
  if (job === undefined) throw notFound('job')
  return job
}
