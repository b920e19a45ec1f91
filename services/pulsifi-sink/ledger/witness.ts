/** What the table of references remembers of each application, so that a ledger that has lost its end is noticed. Pure. */
import type { PulsifiInvitation, PulsifiReference, PulsifiResult } from '../../../schemas/types.ts'
import { KEY_SEPARATOR } from '../../core/identity.ts'
import type { AlarmCode } from '../../core/reasons.ts'
import { PULSIFI_REFERENCE } from '../../core/topics.ts'
import type { Codec } from '../../platform/avro/codec.ts'
import type { State, StoreEntry } from '../../platform/partitions/processor.ts'
import { noCall } from './changed.ts'
import { changed, type EntityKeys } from './invitation.ts'

/** What references together say of one application. */
export interface Witness {
  /** Of the last call that is known to have been intended. */
  readonly attempt: number
  /** At Pulsifi. */
  readonly candidateId: string | null
}

/** Two candidates in two partitions may name one application, and each ledger knows of its own calls. */
const witnessKey = (applicationKey: string, partition: number) =>
  ['witness', partition, applicationKey].join(KEY_SEPARATOR)

/** Whoever was called for under a claim, and when. */
export interface Claimant {
  readonly application_key: string
  readonly partition: number
  readonly heldSinceMs: number
}

const claimantKey = (claim: string) => ['claimant', claim].join(KEY_SEPARATOR)

/** What the whole table of references keeps: the record, and what it bears witness to. */
export function referenceTableEntries(
  codec: Codec,
  key: string,
  value: Buffer | null,
  state: State,
): readonly StoreEntry[] {
  const earlier = findReference(state, key)
  const freed = claimsFreed(earlier, state)
  if (value === null) return [[key, undefined], ...forgotten(earlier, state), ...freed]
  const record = codec.decode(PULSIFI_REFERENCE, value)
  const { application_key, partition, updated_at: heldSinceMs } = record
  const claimant: Claimant = { application_key, partition, heldSinceMs }
  const before = findWitness(state, record.application_key, record.partition)
  const witness: Witness = {
    attempt: Math.max(before?.attempt ?? 0, record.attempt),
    candidateId: record.kind === 'CANDIDATE_ID' ? key : (before?.candidateId ?? null),
  }
  return [
    [key, record],
    [witnessKey(record.application_key, record.partition), witness],
    ...freed,
    ...record.claims.map(claim => [claimantKey(claim), claimant] as const),
  ]
}

/** A reference that is said again says all that is held for it. */
const claimsFreed = (earlier: PulsifiReference | undefined, state: State): readonly StoreEntry[] =>
  (earlier?.claims ?? [])
    .filter(claim => findClaimant(state, claim)?.application_key === earlier?.application_key)
    .map(claim => [claimantKey(claim), undefined])

/** What Pulsifi calls somebody is forgotten with the person; that there was a call stays known, by our own reference. */
function forgotten(known: PulsifiReference | undefined, state: State): readonly StoreEntry[] {
  if (known === undefined || known.kind === 'INVITE_CODE') return []
  const witness = findWitness(state, known.application_key, known.partition)
  const rest = known.kind === 'CANDIDATE_ID' && witness ? { ...witness, candidateId: null } : undefined
  return [[witnessKey(known.application_key, known.partition), rest]]
}

// Casts: `referenceTableEntries` alone writes these entries.
export const findReference = (table: Pick<State, 'get'>, reference: string) =>
  table.get(reference) as PulsifiReference | undefined
export const findWitness = (table: Pick<State, 'get'>, applicationKey: string, partition: number) =>
  table.get(witnessKey(applicationKey, partition)) as Witness | undefined

export const findClaimant = (table: Pick<State, 'get'>, claim: string) =>
  table.get(claimantKey(claim)) as Claimant | undefined

const LEDGER_LOST = 'LEDGER_LOST' satisfies AlarmCode

/**
 * Others remember a call, or its candidate, that this record does not: the ledger has lost what came after it. From now
 * on it knows what they know, so that the word of an operator is the last one.
 */
export const lost = (
  current: PulsifiInvitation,
  { attempt, candidateId }: Witness,
  keys: EntityKeys,
  nowMs: number,
): PulsifiInvitation | null =>
  changed(
    current,
    {
      ...{ ...keys, ...noCall, outcome: 'AMBIGUOUS', reasons: [LEDGER_LOST] },
      attempt: Math.max(current.attempt, attempt),
      pulsifi_candidate_id: candidateId ?? current.pulsifi_candidate_id,
    },
    nowMs,
  )

/** Nobody knows what its ledger said of it. */
export const isLost = ({ reasons }: PulsifiInvitation): boolean => reasons.includes(LEDGER_LOST)

type Called = Pick<PulsifiInvitation, 'attempt' | 'pulsifi_candidate_id'>
const NEVER_CALLED: Called = { attempt: 0, pulsifi_candidate_id: null }

/**
 * What others know of a call that the ledger's record does not; null when they do not.
 * @param published reads the application's last result, for those alone whom nobody has called for
 */
export function unknownTo(
  record: Called | undefined,
  referred: Witness | undefined,
  published: () => PulsifiResult | undefined,
): Witness | null {
  const current = record ?? NEVER_CALLED
  if (referred !== undefined && knowsMore(referred, current)) return referred
  // Of whom nobody has called for nothing is published but what became of another application.
  const isOfACall = current.attempt === 0 && published()?.shared_from === null
  return isOfACall ? { attempt: 1, candidateId: null } : null
}

/** Whether the witness knows of something that would be in the ledger, were it whole. */
const knowsMore = ({ attempt, candidateId }: Witness, current: Called): boolean =>
  attempt > current.attempt || (candidateId !== null && candidateId !== current.pulsifi_candidate_id)
