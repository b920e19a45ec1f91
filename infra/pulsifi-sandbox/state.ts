/**
 * What the sandbox knows, and the only ways in which it changes: each change is a plain value that the journal can
 * keep. Nothing here reads a clock, makes an identifier or touches a socket.
 */
export type JobStatus = 'active' | 'draft' | 'closed'

export type Job = {
  readonly id: string
  readonly title: string
  readonly status: JobStatus
  readonly external_id: string
  readonly employment_type: 'fulltime'
  readonly description: string
  readonly skills: readonly string[]
  readonly created_at: string
}

/** The statuses that the guideline names for an assessment. */
export type CandidateStatus = 'invited' | 'opened' | 'started' | 'completed' | 'expired'

export type Score = {
  readonly score_format: number
  readonly score_type: string
  readonly score_value: number
}

/** Fits and the scores behind them; null as the guideline allows before, and sometimes after, completion. */
export type Result = {
  readonly scores: readonly Score[] | null
  readonly additional_scores: readonly Score[] | null
}

export type Candidate = {
  readonly candidate_id: string
  readonly invite_code: string
  readonly job_id: string
  readonly ext_reference_id: string
  readonly is_anonymous_candidate: boolean
  readonly email: string | null
  readonly first_name: string | null
  readonly last_name: string | null
  /** As they were sent; Pulsifi never returns them, tests want to see them. */
  readonly skills: readonly unknown[]
  readonly work_experiences: readonly unknown[]
  readonly status: CandidateStatus
  readonly created_at: string
  readonly invitation_expired_at: string
  readonly result: Result | null
}

export type WebhookEvent = 'candidate_application_result_ready' | 'candidate_job_recommendation_result_ready'

export type Webhook = {
  readonly id: string
  readonly name: string
  readonly url: string
  readonly events: readonly WebhookEvent[]
  readonly secret: string | null
  readonly status: 'active' | 'inactive'
  readonly is_deleted: boolean
  readonly created_at: string
}

export type Attempt = { readonly at: string; readonly status: number | null; readonly error: string | null }

/** One callback to one webhook, with all its tries. `pending` ones are taken up again after a restart. */
export type Delivery = {
  readonly id: string
  readonly webhook_id: string
  readonly event: WebhookEvent
  /** null for the sample that "test webhook" sends. */
  readonly candidate_id: string | null
  readonly status: 'pending' | 'delivered' | 'failed' | 'dropped'
  readonly attempts: readonly Attempt[]
}

export type State = {
  readonly jobs: Map<string, Job>
  readonly candidates: Map<string, Candidate>
  readonly webhooks: Map<string, Webhook>
  readonly deliveries: Map<string, Delivery>
  readonly candidateIdByInviteCode: Map<string, string>
  /** Ids in order of creation; more than one means that somebody created twice. */
  readonly jobIdsByExternalId: Map<string, string[]>
  readonly candidateIdsByReference: Map<string, string[]>
}

export type Change =
  | { readonly type: 'job'; readonly job: Job }
  | { readonly type: 'candidate'; readonly candidate: Candidate }
  | { readonly type: 'webhook'; readonly webhook: Webhook }
  | { readonly type: 'delivery'; readonly delivery: Delivery }
  | { readonly type: 'cleared' }

export const emptyState = (): State => ({
  jobs: new Map(),
  candidates: new Map(),
  webhooks: new Map(),
  deliveries: new Map(),
  candidateIdByInviteCode: new Map(),
  jobIdsByExternalId: new Map(),
  candidateIdsByReference: new Map(),
})

/** Applies one change in place: a copy for each of many thousand candidates would be quadratic. */
export function applyChange(state: State, change: Change): void {
  switch (change.type) {
    case 'job':
      if (!state.jobs.has(change.job.id))
        remember(state.jobIdsByExternalId, change.job.external_id, change.job.id)
      state.jobs.set(change.job.id, change.job)
      return
    case 'candidate':
      applyCandidate(state, change.candidate)
      return
    case 'webhook':
      state.webhooks.set(change.webhook.id, change.webhook)
      return
    case 'delivery':
      state.deliveries.set(change.delivery.id, change.delivery)
      return
    case 'cleared':
      for (const table of Object.values(state)) table.clear()
  }
}

function applyCandidate(state: State, candidate: Candidate): void {
  const id = candidate.candidate_id
  if (!state.candidates.has(id)) remember(state.candidateIdsByReference, candidate.ext_reference_id, id)
  state.candidates.set(id, candidate)
  state.candidateIdByInviteCode.set(candidate.invite_code, id)
}

function remember(index: Map<string, string[]>, key: string, id: string): void {
  const ids = index.get(key)
  if (ids === undefined) index.set(key, [id])
  else ids.push(id)
}

export type DuplicatePolicy = 'allow' | 'reject' | 'return-existing'
export type CreateDecision =
  | { readonly type: 'create' | 'reject' }
  | { readonly type: 'return'; readonly id: string }

/** What a create with this reference does. The guideline says nothing about a second one, so it is configuration. */
export function decideCreate(
  policy: DuplicatePolicy,
  idsByReference: ReadonlyMap<string, readonly string[]>,
  reference: string,
): CreateDecision {
  const existing = idsByReference.get(reference)?.[0]
  if (existing === undefined || policy === 'allow') return { type: 'create' }
  return policy === 'reject' ? { type: 'reject' } : { type: 'return', id: existing }
}

/** References with more than one object: the visible trace of a double invitation. */
export const duplicatesIn = (index: ReadonlyMap<string, readonly string[]>): Record<string, number> =>
  Object.fromEntries([...index].filter(([, ids]) => ids.length > 1).map(([key, ids]) => [key, ids.length]))
