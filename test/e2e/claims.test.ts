/** One person, or one application, in several records: whoever is first is invited, and the others hear what became of it. */
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { faultRule } from '../../infra/pulsifi-sandbox/faults.ts'
import type { Activity, Application, Candidate } from '../../schemas/types.ts'
import { derivedId } from '../../services/core/identity.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../services/core/topics.ts'
import { partitionOf } from '../support/ops-records.ts'
import { type SinkStack, startSinkStack, until } from '../support/sink-stack.ts'
import { aCandidate, aJob, anApplication, provenance } from '../unit/pulsifi-sink/records.ts'

const run = Date.now().toString(36)
const SOURCES = `sources-${run}`
const RECORDS = `records-${run}`
const NAMED = `named-${run}`
const REFUSED = `refused-${run}`
const TENANTS = [SOURCES, RECORDS, NAMED, REFUSED]
const COUNT = 40
const WITHIN_MS = 60_000

let stack: SinkStack
beforeAll(async () => {
  stack = await startSinkStack({
    ...{ brokers: inject('kafkaBrokers'), registryUrl: inject('registryUrl'), instances: 2 },
    tenants: Object.fromEntries(TENANTS.map(tenant => [tenant, { finishSeconds: 1 }])),
    env: { RESULT_POLL_SECONDS: '3', PULSIFI_RATE_PER_SECOND: '50', RESULT_POLL_PER_HOUR: '360000' },
  })
}, 120_000)
afterAll(() => stack.stop())

/** A candidate of this source, who has applied for job 42 of Human Sourcing. */
function applicant(
  source: string,
  tenant: string,
  id: string,
  person: string,
  change: Partial<Application> = {},
): Candidate {
  const key = `${source}:${tenant}:${id}`
  const job = { job_key: jobOf(tenant), external_id: '42', reference: null, title: null, status_raw: null }
  return aCandidate({
    ...{ external_id: id, candidate_key: key, person_key: derivedId(tenant, person) },
    email: `${person}@example.com`,
    applications: [anApplication({ external_id: id, application_key: key, job, ...change })],
    provenance: { ...provenance, source, tenant_id: tenant, received_at: Date.now() },
  })
}

const jobOf = (tenant: string) => `humansourcing:${tenant}:42`

const APPLIED: Activity = {
  ...{ external_id: '1', code: 'CAND', type: null, default_type: '4', rating: null, media: null },
  ...{ flag: null, emailing: false, actor: null, attachments: [], occurred_at: Date.now() },
}

/** Somebody of Human Sourcing, where an application is an action. */
const ofHumanSourcing = (tenant: string, id: string, person: string): Candidate =>
  applicant('humansourcing', tenant, id, person, {
    ...{
      external_id: `${id}_42`,
      application_key: `humansourcing:${tenant}:${id}#42`,
      applied_at: APPLIED.occurred_at,
    },
    id_basis: 'CANDIDATE_JOB',
    activities: [APPLIED],
  })

const offerJob = (tenant: string) =>
  stack.write(
    CANONICAL_JOB,
    jobOf(tenant),
    aJob({
      job_key: jobOf(tenant),
      provenance: { ...provenance, source: 'humansourcing', tenant_id: tenant },
    }),
  )
const send = (candidates: readonly Candidate[]) =>
  Promise.all(candidates.map(each => stack.write(CANONICAL_CANDIDATE, each.candidate_key, each)))

/** The newest record of what this candidate's application became. */
const last = ({ candidate_key, applications: [application] }: Candidate) =>
  stack.invitations
    .get(application?.application_key ?? '')
    ?.findLast(record => record.candidate_key === candidate_key)
const hasEnded = (candidate: Candidate) => ['INVITED', 'SKIPPED'].includes(last(candidate)?.outcome ?? '')
const candidatesAt = (tenant: string) => [...stack.sandboxOf(tenant).state.candidates.values()]

async function expectOneOf(tenant: string, pair: readonly Candidate[]): Promise<void> {
  await until('both are decided', WITHIN_MS, () => pair.every(hasEnded))
  const [invited, skipped] = pair.toSorted((a, b) => Number(hasLost(a)) - Number(hasLost(b))) as [
    Candidate,
    Candidate,
  ]
  const [holder, follower] = [invited, skipped].map(
    ({ applications: [first] }) => first?.application_key ?? '',
  )
  expect(last(invited)).toMatchObject({ outcome: 'INVITED' })
  expect(last(skipped)).toMatchObject({
    ...{ outcome: 'SKIPPED', reasons: [`PERSON_ALREADY_INVITED:${holder}`] },
    follows: { application_key: holder },
  })
  expect(candidatesAt(tenant)).toHaveLength(1)
  const resultOf = (key = '') => stack.results.get(key)?.findLast(({ status }) => status === 'completed')
  await until('both have the result', WITHIN_MS, () => [holder, follower].every(key => resultOf(key)))
  expect(resultOf(follower)).toMatchObject({ application_key: follower, shared_from: holder })
  expect(resultOf(follower)?.scores).toEqual(resultOf(holder)?.scores)
  expect(resultOf(holder)?.shared_from).toBe(null)
}
const hasLost = (candidate: Candidate): boolean => last(candidate)?.outcome === 'SKIPPED'

it('invites a person once who comes by CleverConnect and by Human Sourcing', {
  timeout: 120_000,
}, async () => {
  const pair = [
    applicant('cleverconnect', SOURCES, '700001', 'nour'),
    ofHumanSourcing(SOURCES, '991', 'nour'),
  ]
  await offerJob(SOURCES)
  await send(pair)
  await expectOneOf(SOURCES, pair)
})

it('invites a person once who has two records at one source', { timeout: 120_000 }, async () => {
  const pair = ['1', '2'].map(id => ofHumanSourcing(RECORDS, id, 'eloise'))
  await send(pair)
  await offerJob(RECORDS)
  await expectOneOf(RECORDS, pair)
})

it('invites once for each application that two candidates name, however many wait', {
  timeout: 120_000,
}, async () => {
  const naming = (who: string) =>
    Array.from({ length: COUNT }, (_, nth) =>
      applicant('direct', NAMED, `${who}-${nth}`, `${who}-${nth}`, {
        ...{ external_id: `a-${nth}`, application_key: `direct:${NAMED}:a-${nth}` },
      }),
    )
  const others = naming('y')
  // Those of one partition have one record between them: the others ask each other.
  const apart = naming('x').filter(
    ({ candidate_key: key }, nth) => partitionOf(key) !== partitionOf(others[nth]?.candidate_key ?? ''),
  )
  const named = apart.map(({ applications: [first] }) => first?.application_key)
  const all = [
    ...apart,
    ...others.filter(({ applications: [first] }) => named.includes(first?.application_key)),
  ]
  await send(all)
  await offerJob(NAMED)
  await until('all are decided', WITHIN_MS, () => all.every(hasEnded))
  const references = candidatesAt(NAMED).map(({ ext_reference_id }) => ext_reference_id)
  expect(new Set(references).size).toBe(apart.length)
  expect(references).toHaveLength(apart.length)
})

it('decides who waited again when Pulsifi refused the first one', { timeout: 120_000 }, async () => {
  const first = applicant('cleverconnect', REFUSED, '1', 'sam')
  const second = ofHumanSourcing(REFUSED, '2', 'sam')
  const refusing = stack.sandboxOf(REFUSED)
  refusing.faults.add([
    faultRule.parse({ operation: 'candidates.create', nth: 1, action: 'status', status: 400 }),
  ])
  await offerJob(REFUSED)
  await send([first])
  await until('the first is refused', WITHIN_MS, () => last(first)?.outcome === 'BLOCKED')
  await send([second])
  await until('the second is invited', WITHIN_MS, () => last(second)?.outcome === 'INVITED')
  await send([first])
  await until('the first follows', WITHIN_MS, () => last(first)?.outcome === 'SKIPPED')
  expect(candidatesAt(REFUSED)).toHaveLength(1)
})
