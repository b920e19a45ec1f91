/** What a callback is about: the only input of the sink that cannot be decided without asking outside. */
import type { PulsifiReference } from '../../../schemas/types.ts'
import { type CallbackHint, hintOf, isJobRecommendation, subjectOf } from '../../core/callback-hint.ts'
import { partsOfKey } from '../../core/identity.ts'
import { classifyRepeatable } from '../../platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import type { CallbackFact, Observation } from '../decide/effects.ts'
import { believedMs, retryWaitMs } from '../ledger/retry-wait.ts'
import type { Account } from '../turns/account.ts'
import { inTurn } from '../turns/in-turn.ts'
import type { LookWindow } from '../turns/look-window.ts'

export interface LookupPorts {
  /** Names the callback among all that wait for a turn. */
  readonly name: string
  /** The same for callbacks of the same bytes; null of one that was put off or sent back, which has been here before. */
  readonly eventId: string | null
  /** When what was asked: of the partition, to which all callbacks come that name the same. */
  readonly windows: LookWindows
  readonly tenant: string
  readonly account: Account | undefined
  readonly findReference: (reference: string) => PulsifiReference | undefined
  /** Until `findReference` knows all that the topic says now. Rejects when the brokers do not answer. */
  readonly untilReferencesLevel: (signal: AbortSignal) => Promise<void>
  readonly delay: Delay
  readonly nowMs: () => number
  /** Without an answer of Pulsifi by then, the callback is put off. */
  readonly patienceMs: number
}

export interface LookWindows {
  /** By event. */
  readonly events: LookWindow
  /** By application, or, of nobody that we know, by what was named. */
  readonly candidates: LookWindow
}

/** Rejects when the signal aborts first. */
export type Delay = (ms: number, signal: AbortSignal) => Promise<unknown>

/** The ledger may be a moment behind Pulsifi, and the table of references behind the ledger. */
const REFERENCE_WAITS_MS = [0, 100, 500, 2_000, 5_000]

/** Asks until Pulsifi answers, as long as it may; stops, without an answer that counts, when the partition is lost. */
export async function lookUpCallback(
  value: Buffer | null,
  ports: LookupPorts,
  signal: AbortSignal,
): Promise<CallbackFact> {
  const body = parse(value)
  const hint = hintOf(body)
  if (hint === null) return { type: isJobRecommendation(body) ? 'not-ours' : 'no-hint' }
  if (!isNews(ports)) return { type: 'repeated' }
  const known = knownOf([hint.candidateId, hint.inviteCode, hint.extReferenceId], ports)
  const name = known?.application_key ?? JSON.stringify([ports.tenant, subjectOf(body)])
  const dueAtMs = dueAt(name, known, ports)
  if (dueAtMs === null) return { type: 'repeated' }
  if (known !== undefined && dueAtMs > ports.nowMs()) return toOwner(known, dueAtMs)
  try {
    const fact = await ask(hint, known, ports, signal)
    if (isOfNobody(fact) && isJobRecommendation(body)) return { type: 'not-ours' }
    if (fact.type === 'unanswered') ports.windows.candidates.forget(name)
    return fact
  } catch (error) {
    if (signal.aborted) return { type: 'unknown-reference' }
    throw error
  }
}

/** Callbacks carry neither a time nor an id: what has the same bytes is the same callback, whoever sends it. */
const isNews = ({ eventId, windows, nowMs }: LookupPorts): boolean =>
  eventId === null || windows.events.isFirst(eventId, nowMs())

/** When it may be asked about; null when it need not be. Of nobody that we know nobody could ask later. */
function dueAt(
  name: string,
  known: PulsifiReference | undefined,
  { windows: { candidates }, nowMs }: LookupPorts,
): number | null {
  const at = nowMs()
  if (known !== undefined) return candidates.claim(name, at)
  return candidates.isFirst(name, at) ? at : null
}

const isOfNobody = ({ type }: CallbackFact): boolean => type === 'unknown-reference' || type === 'not-asked'

const toOwner = ({ application_key, partition }: PulsifiReference, notBeforeMs: number): CallbackFact => ({
  type: 'found',
  partition,
  message: { kind: 'OBSERVE', applicationKey: application_key, notBeforeMs },
})

async function ask(
  hint: CallbackHint,
  known: PulsifiReference | undefined,
  ports: LookupPorts,
  signal: AbortSignal,
): Promise<CallbackFact> {
  const { account, nowMs, windows } = ports
  // Ids can be made up without end: they must not keep from their turn those whom we know.
  const mayAsk = known !== undefined || account?.turns.hasRoomToLook !== false
  const shown = mayAsk ? await withPatience(ports, signal, until => candidateOf(hint, ports, until)) : null
  if (shown === 'unanswered') return { type: 'unanswered' }
  const reference = await referenceOf(shown?.reply ?? null, hint, ports, signal)
  if (reference === 'unanswered') return { type: 'unanswered' }
  if (reference === undefined) return { type: mayAsk ? 'unknown-reference' : 'not-asked' }
  const { application_key: applicationKey, partition } = reference
  if (shown !== null) {
    windows.candidates.note(applicationKey, shown.askedAtMs)
    const message = { kind: 'OBSERVATION', applicationKey, ...withoutErased(shown, reference) } as const
    return { type: 'found', partition, message }
  }
  const wasAsked = mayAsk && account !== undefined && isAsked(hint)
  const dueAtMs = wasAsked ? windows.candidates.claim(applicationKey, nowMs()) : nowMs()
  return dueAtMs === null ? { type: 'repeated' } : toOwner(reference, dueAtMs)
}

const isAsked = ({ candidateId, inviteCode }: CallbackHint): boolean =>
  candidateId !== null || inviteCode !== null

/** Of somebody who was erased only who it is: the inbox keeps what it is given for a month. */
const withoutErased = (
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
  if (account === undefined || !isAsked(hint)) return null
  for (let attempt = 1; ; attempt++) {
    let askedAtMs = 0
    const verdict = await inTurn(
      account.turns,
      'look',
      `callback ${name}`,
      signal,
    )(() => {
      askedAtMs = nowMs()
      return look(hint, account)
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

const look = async ({ candidateId, inviteCode }: CallbackHint, { client }: Account) =>
  candidateId === null
    ? classifyRepeatable('getCandidateByInvitation', await client.getCandidateByInvitation(inviteCode ?? ''))
    : classifyRepeatable('getCandidate', await client.getCandidate(candidateId))

async function referenceOf(
  reply: CandidateReply | null,
  hint: CallbackHint,
  ports: LookupPorts,
  signal: AbortSignal,
): Promise<PulsifiReference | 'unanswered' | undefined> {
  const identifiers = [
    reply?.ext_reference_id,
    reply?.candidate_id,
    hint.extReferenceId,
    hint.candidateId,
    hint.inviteCode,
  ]
  for (const waitMs of REFERENCE_WAITS_MS) {
    await ports.delay(waitMs, signal)
    const found = knownOf(identifiers, ports)
    if (found !== undefined) return found
  }
  // After an outage the table may be far behind, and nobody is unknown who is only not known yet.
  const level = await withPatience(ports, signal, until => untilLevel(ports, until))
  return knownOf(identifiers, ports) ?? (level === 'unanswered' ? level : undefined)
}

const LEVEL_AGAIN_MS = 2_000

async function untilLevel({ untilReferencesLevel, delay }: LookupPorts, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await untilReferencesLevel(signal)
    } catch {
      await delay(LEVEL_AGAIN_MS, signal)
    }
  }
}

function knownOf(
  identifiers: readonly (string | null | undefined)[],
  { findReference, tenant }: Pick<LookupPorts, 'findReference' | 'tenant'>,
): PulsifiReference | undefined {
  for (const identifier of identifiers) {
    const found = identifier == null ? undefined : findReference(identifier)
    // One tenant's callback says nothing about another's people.
    if (found !== undefined && partsOfKey(found.application_key).tenant === tenant) return found
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
