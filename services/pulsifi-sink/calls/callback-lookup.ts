/** What a callback is about: the only input of the sink that cannot be decided without asking outside. */
import type { PulsifiReference } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'
import { classifyRepeatable } from '../../platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { type CallbackHint, hintOf, isJobRecommendation } from '../decide/callback-hint.ts'
import type { CallbackFact, Observation } from '../decide/effects.ts'
import { believedMs, retryWaitMs } from '../ledger/retry-wait.ts'
import type { Account } from '../turns/account.ts'
import { inTurn } from '../turns/in-turn.ts'

export interface LookupPorts {
  /** Names the callback among all that wait for a turn. */
  readonly name: string
  readonly tenant: string
  readonly account: Account | undefined
  readonly findReference: (reference: string) => PulsifiReference | undefined
  readonly delay: Delay
  readonly nowMs: () => number
  /** Without an answer of Pulsifi by then, the callback is put off. */
  readonly patienceMs: number
}

/** Rejects when the signal aborts first. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<unknown>

/** The table of references may be a moment behind the ledger. */
const REFERENCE_WAITS_MS = [0, 100, 500, 2_000, 5_000]

/** Asks until Pulsifi answers, as long as it may; stops, without an answer that counts, when the partition is lost. */
export async function lookUpCallback(
  value: Buffer | null,
  ports: LookupPorts,
  signal: AbortSignal,
): Promise<CallbackFact> {
  try {
    const body = parse(value)
    const hint = hintOf(body)
    if (hint === null) return { type: isJobRecommendation(body) ? 'not-ours' : 'no-hint' }
    const shown = await withPatience(ports, signal, until => candidateOf(hint, ports, until))
    if (shown === 'unanswered') return { type: 'unanswered' }
    const reference = await referenceOf(shown?.reply ?? null, hint, ports, signal)
    if (reference === undefined) return { type: isJobRecommendation(body) ? 'not-ours' : 'unknown-reference' }
    const { application_key: applicationKey, partition } = reference
    const message =
      shown === null
        ? ({ kind: 'OBSERVE', applicationKey } as const)
        : ({ kind: 'OBSERVATION', applicationKey, ...known(shown, reference) } as const)
    return { type: 'found', partition, message }
  } catch (error) {
    if (signal.aborted) return { type: 'unknown-reference' }
    throw error
  }
}

/** Of somebody who was erased only who it is: the inbox keeps what it is given for a month. */
const known = (
  shown: Pick<Observation, 'reply' | 'askedAtMs'>,
  { kind }: PulsifiReference,
): Pick<Observation, 'reply' | 'askedAtMs'> =>
  kind === 'ERASED' ? { ...shown, reply: { ...shown.reply, ...NOTHING } } : shown

const NOTHING = {
  invitation_link: null,
  invite_code: null,
  report_pdf_link: null,
  report_profile_link: null,
  scores: [],
  additional_scores: [],
} satisfies Partial<CandidateReply>

/** What is on the wire when patience ends is answered to nobody. */
async function withPatience<T>(
  { delay, patienceMs }: LookupPorts,
  signal: AbortSignal,
  ask: (until: AbortSignal) => Promise<T>,
): Promise<T | 'unanswered'> {
  const [answered, late] = [new AbortController(), new AbortController()]
  const impatient = new Promise<'unanswered'>(resolve => {
    const over = delay(patienceMs, AbortSignal.any([signal, answered.signal]))
    over.then(
      () => resolve('unanswered'),
      () => undefined,
    )
  })
  const asked = ask(AbortSignal.any([signal, late.signal]))
  try {
    return await Promise.race([asked, impatient])
  } finally {
    answered.abort()
    late.abort()
    asked.catch(() => undefined)
  }
}

/** Null when only our own identifier is known: its owner knows the candidate. */
async function candidateOf(
  hint: CallbackHint,
  { account, name, delay, nowMs }: LookupPorts,
  signal: AbortSignal,
): Promise<Pick<Observation, 'reply' | 'askedAtMs'> | null> {
  if (account === undefined || (hint.candidateId === null && hint.inviteCode === null)) return null
  for (let attempt = 1; ; attempt++) {
    let askedAtMs = 0
    const verdict = await inTurn(
      account.turns,
      `callback ${name}`,
      signal,
    )(() => {
      askedAtMs = nowMs()
      return ask(hint, account)
    })
    if (verdict.type === 'gone' || verdict.type === 'blocked') return null
    if (verdict.type === 'done') return { reply: verdict.body, askedAtMs }
    if (attempt >= REFUSALS_MAX && !isOutage(verdict.httpStatus)) return null
    await delay(Math.max(retryWaitMs(attempt), believedMs(verdict.retryAfterMs)), signal)
  }
}

/** So many answers to one callback that are no outage, and it is the callback that Pulsifi cannot answer. */
const REFUSALS_MAX = 3
const OUTAGE: ReadonlySet<number> = new Set([401, 408, 425, 429, 502, 503, 504])
const isOutage = (httpStatus: number | null): boolean => httpStatus === null || OUTAGE.has(httpStatus)

const ask = async ({ candidateId, inviteCode }: CallbackHint, { client }: Account) =>
  candidateId === null
    ? classifyRepeatable('getCandidateByInvitation', await client.getCandidateByInvitation(inviteCode ?? ''))
    : classifyRepeatable('getCandidate', await client.getCandidate(candidateId))

async function referenceOf(
  reply: CandidateReply | null,
  hint: CallbackHint,
  { findReference, tenant, delay }: LookupPorts,
  signal: AbortSignal,
): Promise<PulsifiReference | undefined> {
  const identifiers = [
    reply?.ext_reference_id,
    reply?.candidate_id,
    hint.extReferenceId,
    hint.candidateId,
    hint.inviteCode,
  ]
  for (const waitMs of REFERENCE_WAITS_MS) {
    await delay(waitMs, signal)
    for (const identifier of identifiers) {
      const found = identifier == null ? undefined : findReference(identifier)
      // One tenant's callback says nothing about another's people.
      if (found !== undefined && partsOfKey(found.application_key).tenant === tenant) return found
    }
  }
  return undefined
}

function parse(value: Buffer | null): unknown {
  try {
    return JSON.parse(value?.toString('utf8') ?? '')
  } catch {
    return null
  }
}
