/**
 * The sink as a whole against a Pulsifi that fails, processes that die and partitions that move, in any order. More
 * runs: `SINK_MODEL_RUNS=5000`; one run again: `SINK_MODEL_SEED=<seed>`.
 */
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Candidate, PulsifiInvitation, PulsifiScore } from '../../../../schemas/types.ts'
import { partsOfKey } from '../../../../services/core/identity.ts'
import { knownWords } from '../../../../services/core/reasons.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../../../services/core/topics.ts'
import { type Action, actions, perform, pump, run } from '../../../support/sink-actions.ts'
import { CONCURRENCY, PARTITIONS, POLICY, partitionOf, SinkWorld } from '../../../support/sink-world.ts'

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
    [PULSIFI_INVITATION, PULSIFI_JOB_BINDING, PULSIFI_RESULT].map(topic =>
      PARTITIONS.map(partition => world.topics.of(topic, partition).length).reduce((a, b) => a + b),
    )
  const before = lengths()
  repeat()
  await pump(world)
  return [before, lengths()]
}

/** The newest snapshot of each key once more, as after a loss of all offsets. */
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
  const candidates = world.pulsifi.candidatesOf(reference)
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
  if (outcome === 'INVITED') expect(known.pulsifi_candidate_id, key).toBe(candidates[0]?.id)
  else if (outcome !== 'AMBIGUOUS' && !world.lostTails.has(key))
    expect(candidates, `${key} is ${outcome}`).toEqual([])
  const isExplained =
    world.pulsifi.lost.has(reference) || world.interrupted.has(key) || world.lostTails.has(key)
  if (reasons.includes('LEDGER_LOST')) expect(world.lostTails.has(key), key).toBe(true)
  if (outcome === 'AMBIGUOUS') expect(isExplained, `why is ${key} ambiguous?`).toBe(true)
  if (reasons.includes('PULSIFI_ERASURE_REQUIRED'))
    expect([known.invitation_link, known.invite_code, ...leftOf(world, known)]).toEqual([null, null])
}

/** What topics still hold of an application that was erased. */
function leftOf(
  world: SinkWorld,
  {
    application_key: key,
    pulsifi_candidate_id,
  }: Pick<PulsifiInvitation, 'application_key' | 'pulsifi_candidate_id'>,
): unknown[] {
  // Casts: decoded by the schema of their topic.
  const scores = [...world.newest(PULSIFI_SCORE).values()] as (PulsifiScore | null)[]
  const references = world.newest(PULSIFI_REFERENCE)
  return [
    ...scores.filter(score => score?.application_key === key),
    world.newest(PULSIFI_RESULT).get(key) ?? null,
    references.get(pulsifi_candidate_id ?? '') ?? null,
  ].filter(left => left !== null)
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
  for (const [key, { outcome, reasons, ext_reference_id }] of world.invitations()) {
    if (outcome !== 'INVITED' || reasons.length > 0) continue
    const [candidate] = world.pulsifi.candidatesOf(ext_reference_id)
    const { tenant } = partsOfKey(key)
    // Of what lies in an account of before nobody can be asked.
    if (candidate === undefined || candidate.account !== world.pulsifi.accountOf(tenant)) continue
    const isFinished = candidate.finished
    expect(results.get(key), key).toMatchObject({ status: isFinished ? 'completed' : 'expired' })
  }
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
  const invitations = world.invitations()
  for (const candidate of (world.newest(CANONICAL_CANDIDATE) as Map<string, Candidate>).values())
    for (const { application_key: key } of candidate.applications)
      if (world.lostTails.get(key)) expect(invitations.has(key), `${key} is forgotten`).toBe(true)
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

async function live(history: readonly Action[]): Promise<void> {
  vi.clearAllTimers()
  const world = new SinkWorld()
  for (const action of history) await perform(world, action)
  await settle(world)
  expectNobodyForgotten(world)
  const [decided, decidedAgain] = await lengthsAfter(world, () => decideAllAgain(world))
  expect(decidedAgain, 'records when everything is decided again').toEqual(decided)
  expectStateOfTopics(world)
  // What Pulsifi refused is tried again with the next snapshot.
  replay(world)
  await settle(world)
  for (const record of world.invitations().values()) expectEnd(record, world)
  expectJobs(world)
  expectResults(world)
  const [before, after] = await lengthsAfter(world, () => replay(world))
  // A job that the account does not have any more is tried with each snapshot.
  if (world.pulsifi.hasChangedAccounts) await settle(world)
  else expect(after, 'records when every snapshot comes again').toEqual(before)
  expectStateOfTopics(world)
  await expectAllTurnsFree(world)
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

it('invites nobody twice, forgets nobody and leaks no turn, whatever happens in whatever order', {
  timeout: TIMEOUT_MS,
}, async () => {
  await fc.assert(fc.asyncProperty(actions, live), {
    numRuns: RUNS,
    examples: [[ANSWERED_UNREAD]],
    ...(SEED !== undefined && { seed: Number(SEED) }),
    endOnFailure: false,
  })
})
