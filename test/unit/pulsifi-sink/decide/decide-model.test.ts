/**
 * The sink as a whole against a Pulsifi that fails, processes that die and partitions that move, in any order. More
 * runs: `SINK_MODEL_RUNS=5000`; one run again: `SINK_MODEL_SEED=<seed>`.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AvroTopic } from '../../../../schemas/subjects.ts'
import type { PulsifiInvitation } from '../../../../schemas/types.ts'
import { partsOfKey } from '../../../../services/core/identity.ts'
import { knownWords } from '../../../../services/core/reasons.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../../../services/core/topics.ts'
import { faultsOfHistory } from '../../../support/history-check.ts'
import { type Action, actions, perform, pump, run } from '../../../support/sink-actions.ts'
import {
  CONCURRENCY,
  codec,
  PARTITIONS,
  POLICY,
  partitionOf,
  placeOf,
  SinkWorld,
} from '../../../support/sink-world.ts'

const DAY_MS = 86_400_000
/** Of an account that Pulsifi has slowed down, or that has just come back on trial, with nothing left to call. */
const RECOVERY_MS = 600_000
const RUNS = Number(process.env.SINK_MODEL_RUNS ?? 200)
const SEED = process.env.SINK_MODEL_SEED
const TIMEOUT_MS = 20_000 + RUNS * 500

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
    now: Date.UTC(2026, 0, 1),
  })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Nothing fails any more, and time passes until nothing is left to happen. */
async function settle(world: SinkWorld): Promise<void> {
  world.pulsifi.fates.length = 0
  world.mendAccounts()
  await run(world, 8 * DAY_MS)
}

async function lengthsAfter(world: SinkWorld, repeat: () => void): Promise<[number[], number[]]> {
  const lengths = () =>
    [
      PULSIFI_INVITATION,
      PULSIFI_CLAIM,
      PULSIFI_JOB_BINDING,
      PULSIFI_RESULT,
      PULSIFI_STATUS,
      PULSIFI_ACCESS,
    ].map(topic =>
      PARTITIONS.map(partition => world.topics.of(topic, partition).length).reduce((a, b) => a + b),
    )
  const before = lengths()
  repeat()
  await pump(world)
  return [before, lengths()]
}

/** The newest snapshot of each key once more, as a record of its own. */
function replay(world: SinkWorld): void {
  for (const topic of [CANONICAL_JOB, CANONICAL_CANDIDATE]) {
    for (const partition of PARTITIONS) {
      const log = world.topics.of(topic, partition)
      log.push(...new Map(log.map(record => [record.key.toString(), record])).values())
    }
  }
}

const NAMED = ['JOB_UNBOUND', 'JOB_AMBIGUOUS']

function expectEnd({ outcome, reasons, ...known }: PulsifiInvitation, world: SinkWorld): void {
  const { application_key: key, ext_reference_id: reference } = known
  const candidates = world.pulsifi.candidatesOf(reference, known.candidate_key)
  expect(candidates.length, `${key} was created ${candidates.length} times`).toBeLessThanOrEqual(1)
  expect(['INVITED', 'BLOCKED', 'SKIPPED', 'FAILED', 'AMBIGUOUS', 'WAITING'], key).toContain(outcome)
  expect(
    reasons.filter(reason => knownWords(reason) === null),
    key,
  ).toEqual([])
  if (outcome === 'WAITING') expect(NAMED, key).toContain(reasons[0])
  const { tenant } = partsOfKey(key)
  for (const { account } of candidates)
    expect(account.replaceAll("'", ''), `whose account has ${key}`).toBe(tenant)
  // Where two candidates name one application, a look by our own reference may be told to either.
  const referred = world.pulsifi.candidates
    .filter(({ reference: of }) => of === reference)
    .map(({ id }) => id)
  if (outcome === 'INVITED') expect(referred, key).toContain(known.pulsifi_candidate_id)
  else if (outcome !== 'AMBIGUOUS' && !world.lostTails.has(key))
    expect(candidates, `${key} is ${outcome}`).toEqual([])
  const isExplained =
    world.pulsifi.lost.has(reference) || world.interrupted.has(key) || world.lostTails.has(key)
  if (reasons.includes('LEDGER_LOST')) expect(world.lostTails.has(key), key).toBe(true)
  if (outcome === 'AMBIGUOUS') expect(isExplained, `why is ${key} ambiguous?`).toBe(true)
  expect([known.invitation_link, known.invite_code], key).toEqual([null, null])
  if (reasons.includes('PULSIFI_ERASURE_REQUIRED')) expect(leftOf(world, known), key).toEqual([])
}

/** What topics still hold of an application that was erased. */
function leftOf(
  world: SinkWorld,
  {
    application_key: key,
    candidate_key: candidateKey,
    pulsifi_candidate_id,
  }: Pick<PulsifiInvitation, 'application_key' | 'candidate_key' | 'pulsifi_candidate_id'>,
): unknown[] {
  // Another candidate that names the application has results, a history and a way into the assessment of its own.
  const isOwn = (record: { application_key: string | null; candidate_key: string | null }) =>
    record.application_key === key && record.candidate_key === candidateKey
  return [
    ...[...world.newest(PULSIFI_SCORE).values()].filter(isOwn),
    ...[...world.newest(PULSIFI_STATUS).values()].filter(change => isOwn(change) && change.to !== 'erased'),
    ...[...world.newest(PULSIFI_RESULT).values()].filter(isOwn),
    ...[...world.newest(PULSIFI_ACCESS).values()].filter(isOwn),
    ...[...world.newest(PULSIFI_REFERENCE).values()].filter(
      ({ reference }) => reference === pulsifi_candidate_id,
    ),
  ]
}

/** A job more than one is an orphan of a call whose answer was lost. */
function expectJobs({ pulsifi, interrupted }: SinkWorld): void {
  for (const { externalId } of pulsifi.jobs) {
    const count = pulsifi.jobs.filter(job => job.externalId === externalId).length
    const isExplained = pulsifi.lost.has(externalId) || interrupted.has(externalId)
    expect(count, externalId).toBeLessThanOrEqual(isExplained ? 1 + POLICY.ambiguousJobRetries : 1)
  }
}

function expectResults(world: SinkWorld): void {
  const results = world.newest(PULSIFI_RESULT)
  for (const [place, record] of world.invitations()) {
    const holder = holderOf(record, world) ?? record
    if (!isToHear(record, holder, world)) continue
    const { application_key: sharedFrom } = holder
    const candidate = world.pulsifi.candidates.find(({ id }) => id === holder.pulsifi_candidate_id)
    // Of what lies in an account of before nobody can be asked.
    if (candidate?.account !== world.pulsifi.accountOf(partsOfKey(sharedFrom).tenant)) continue
    expect(results.get(place), place).toMatchObject({
      ...{ status: candidate.finished ? 'completed' : 'expired', application_key: record.application_key },
      shared_from: holder === record ? null : sharedFrom,
    })
  }
}

/** Whether a result of the holder must be under the key of the record. */
function isToHear(record: PulsifiInvitation, holder: PulsifiInvitation, world: SinkWorld): boolean {
  if (holder.outcome !== 'INVITED' || holder.reasons.length > 0) return false
  if (holder === record) return true
  // Of one application there is one result, in the partition of the candidate that was invited. And whom its ledger forgot
  // to follow, it may not hear of: an operator has it ask again.
  return record.application_key !== holder.application_key && !world.lostTails.has(record.application_key)
}

const holderOf = ({ follows }: PulsifiInvitation, world: SinkWorld): PulsifiInvitation | undefined =>
  follows === null ? undefined : world.invitations().get(placeOf(follows.partition, follows.application_key))

/** One of those that Pulsifi has is enough, but for whom the source has deleted. */
function expectInvitedOnce(world: SinkWorld, history: readonly Action[]): void {
  const wasDeleted = (id: string) =>
    history.some(action => action.type === 'candidate' && action.form === 'deleted' && action.id === id)
  const erased = [...world.invitations().values()].filter(isErased).map(({ candidate_key }) => candidate_key)
  // A ledger that has lost its end may have lost the deletion with it.
  const isErasedAs = (of: string) =>
    erased.some(key => key.endsWith(`:${of}`)) || (world.lostTails.size > 0 && wasDeleted(of))
  const counted = world.pulsifi.candidates.filter(({ of }) => !isErasedAs(of))
  const names = counted.flatMap(({ reference, person, jobId }) => [reference, `${person} for ${jobId}`])
  expect(
    names.filter((name, at) => names.indexOf(name) !== at),
    'invited twice',
  ).toEqual([])
}

const isErased = ({ reasons }: PulsifiInvitation): boolean => reasons.includes('PULSIFI_ERASURE_REQUIRED')

/** Who waits, waits for an application that holds what it was refused; and what is held, its holder knows of. */
function expectClaims(world: SinkWorld): void {
  for (const [place, record] of world.invitations()) {
    expect(record.reasons, place).not.toContain('CLAIM_PENDING')
    // What its ledger forgot, it may wait for in vain: an operator has it ask again.
    if (record.follows === null || world.lostTails.has(record.application_key)) continue
    const holder = holderOf(record, world)
    if (world.lostTails.has(record.follows.application_key)) continue
    expect(holder?.follows, `${place} waits for one that waits itself`).toBe(null)
    const shared = holder?.claims.filter(claim => record.claims.includes(claim))
    expect(shared, `${place} waits for what nobody holds`).not.toEqual([])
  }
  const held = [...world.newest(PULSIFI_CLAIM).values()].filter(({ kind }) => kind === 'HOLDS')
  for (const { claim_key, application_key, partition, claimed_at } of held) {
    if (world.lostTails.has(application_key)) continue
    const holder = world.invitations().get(placeOf(partition, application_key))
    expect(holder, claim_key).toMatchObject({ claimed_at, follows: null })
    expect(holder?.claims, claim_key).toContain(claim_key)
  }
}

/** Each change once, and each where the last one ended; of whom the ledger forgot something nobody can say. */
function expectHistory(world: SinkWorld): void {
  const all = <T extends AvroTopic>(topic: T) =>
    PARTITIONS.flatMap(partition =>
      world.topics.of(topic, partition).map(({ key, value }) => ({
        ...{ partition, key: key.toString() },
        record: value === null ? null : codec.decode(topic, value),
      })),
    )
  const ledger = new Map(
    all(PULSIFI_INVITATION).map(placed => [placeOf(placed.partition, placed.key), placed]),
  )
  const isWhole = ({ record }: { readonly record: { readonly application_key: string } | null }) =>
    !world.lostTails.has(record?.application_key ?? '')
  const faults = faultsOfHistory(all(PULSIFI_STATUS).filter(isWhole), [...ledger.values()].filter(isWhole))
  expect(faults).toEqual([])
}

async function expectAllTurnsFree(world: SinkWorld): Promise<void> {
  await vi.advanceTimersByTimeAsync(RECOVERY_MS)
  expect(world.pulsifi.inFlight).toBe(0)
  for (const turns of world.turns) {
    const taken: boolean[] = []
    for (let count = 0; count <= 2 * CONCURRENCY; count++) {
      await vi.advanceTimersByTimeAsync(1_000)
      taken.push(turns.tryTake())
    }
    expect(taken, 'turns that are free').toEqual([...Array(2 * CONCURRENCY).fill(true), false])
  }
}

/** The index of nothing more and nothing less than what the topics say. */
function expectStateOfTopics(world: SinkWorld): void {
  for (const partition of PARTITIONS) {
    const kept = new Map(world.storeOf(partition))
    expect(new Map([...world.storeFromTopics(partition)].sort())).toEqual(new Map([...kept].sort()))
  }
}

/** A ledger that was known to have lost its end knows everybody again. */
function expectNobodyForgotten(world: SinkWorld): void {
  const known = new Set([...world.invitations().values()].map(({ application_key }) => application_key))
  for (const candidate of world.newest(CANONICAL_CANDIDATE).values())
    for (const { application_key: key } of candidate.applications)
      if (world.lostTails.get(key)) expect(known.has(key), `${key} is forgotten`).toBe(true)
}

/** What waits for a change of its candidate: a refusal as much as a gap. */
const isOfCandidate = ({ reasons }: PulsifiInvitation): boolean =>
  reasons.some(reason =>
    /^(?:HTTP_|NOT_ACTIVE_JOB|JOB_NOT_FOUND|EMAIL_|OPTED_OUT|SOURCE_DELETED)/.test(reason),
  )

function decideAllAgain(world: SinkWorld): void {
  for (const record of world.invitations().values()) {
    const { application_key: applicationKey, candidate_key } = record
    if (isOfCandidate(record)) continue
    const input = { type: 'decide-application', applicationKey, hasTurn: false } as const
    world.submit(partitionOf(candidate_key), input)
  }
}

/** One application of each person, for which a version without claims called; nobody comes while it is replaced. */
const BEFORE_CLAIMS: readonly Action[] = [
  { type: 'job', id: 'default:j1', form: 'good' },
  { type: 'candidate', id: 'default:c1', form: 'good' },
  { type: 'candidate', id: 'default:c7', form: 'good' },
  { type: 'run', ms: 60_000 },
]

async function upgraded(world: SinkWorld): Promise<void> {
  for (const action of BEFORE_CLAIMS) await perform(world, action)
  world.upgrade()
  await run(world, 60_000)
}

async function live(isUpgraded: boolean, history: readonly Action[]): Promise<void> {
  vi.clearAllTimers()
  const world = new SinkWorld()
  if (isUpgraded) await upgraded(world)
  for (const action of history) await perform(world, action)
  await settle(world)
  expectNobodyForgotten(world)
  // Whose ledger record was lost stands where the one before left it, until it is decided again.
  if (world.lostTails.size > 0) {
    decideAllAgain(world)
    await settle(world)
  }
  const [decided, decidedAgain] = await lengthsAfter(world, () => decideAllAgain(world))
  expect(decidedAgain, 'records when everything is decided again').toEqual(decided)
  expectStateOfTopics(world)
  // What Pulsifi refused is tried again with the next snapshot.
  replay(world)
  await settle(world)
  for (const record of world.invitations().values()) expectEnd(record, world)
  expectJobs(world)
  expectInvitedOnce(world, history)
  expectClaims(world)
  expectResults(world)
  expectHistory(world)
  const [before, after] = await lengthsAfter(world, () => replay(world))
  // A job that the account does not have any more is tried with each snapshot.
  if (world.pulsifi.hasChangedAccounts) await settle(world)
  else expect(after, 'records when every snapshot comes again').toEqual(before)
  expectStateOfTopics(world)
  await expectNothingNewIn(world, history)
  await expectAllTurnsFree(world)
}

const COMMANDS: ReadonlySet<string> = new Set(['resolve', 'decide again', 'decide job again', 'bind job'])

/** Everything that was ever read, in its order, while the newest of each key stands behind it. */
async function expectNothingNewIn(world: SinkWorld, history: readonly Action[]): Promise<void> {
  const known = world.pulsifi.candidates.length
  const snapshots = [CANONICAL_JOB, CANONICAL_CANDIDATE]
  const [before, after] = await lengthsAfter(world, () => world.setBack(snapshots))
  if (!world.pulsifi.hasChangedAccounts)
    expect(after, 'records when everything is read again').toEqual(before)
  await settle(world)
  // What was asked and told once is asked and told once more, and what people have commanded is done by what holds now.
  const isByItself = history.every(({ type }) => !COMMANDS.has(type))
  world.setBack([...snapshots, PULSIFI_RAW, ...(isByItself ? [PULSIFI_INBOX] : [])])
  await settle(world)
  expect(world.pulsifi.candidates.length, 'invited when everything was read again').toBe(known)
  expectClaims(world)
  expectStateOfTopics(world)
}

/** A partition moves during the call, and its next owners fall behind until long after: the answer waits in the inbox. */
const ANSWERED_UNREAD: Action[] = [
  { type: 'job', id: 'default:j2', form: 'good' },
  { type: 'candidate', id: 'default:c3', form: 'good' },
  { type: 'run', ms: 5 },
  { type: 'move', partition: 0, to: 0, commitsLate: false },
  { type: 'stall', ms: 5_000 },
  { type: 'crash', at: 0, afterCommit: false, losesState: false, readsOldOffsets: false },
  { type: 'stall', ms: 3_600_000 },
  { type: 'crash', at: 0, afterCommit: true, losesState: false, readsOldOffsets: false },
  { type: 'run', ms: 5 },
]

/** Somebody whom an older version invited loses the address, and the ledger what it has claimed for them since. */
const ADDRESS_GONE: Action[] = [
  { type: 'candidate', id: 'default:c4', form: 'good' },
  { type: 'candidate', id: 'default:c1', form: 'no e-mail' },
  { type: 'candidate', id: 'default:c2', form: 'good' },
  { type: 'run', ms: 5 },
  { type: 'lose tail', partition: 1, records: 5, isNoticed: false },
  { type: 'run', ms: 5 },
  { type: 'candidate', id: 'default:c1', form: 'good' },
  { type: 'run', ms: 5 },
]

it('invites nobody twice, forgets nobody and leaks no turn, whatever happens in whatever order', {
  timeout: TIMEOUT_MS,
}, async () => {
  await fc.assert(fc.asyncProperty(fc.boolean(), actions, live), {
    numRuns: RUNS,
    examples: [
      [false, ANSWERED_UNREAD],
      [true, ADDRESS_GONE],
    ],
    ...(SEED !== undefined && { seed: Number(SEED) }),
    endOnFailure: false,
  })
})
