/** What can happen to the sink, as values that fast-check makes, shrinks and prints. */
import fc from 'fast-check'
import { vi } from 'vitest'
import type { Application, Candidate, Job } from '../../schemas/types.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../services/core/topics.ts'
import { aCandidate, aJob, anApplication, provenance } from '../unit/pulsifi-sink/records.ts'
import { FATES, type Fate } from './sink-pulsifi.ts'
import { PARTITIONS, partitionOf, type SinkWorld, TENANTS } from './sink-world.ts'

const key = (id: string) => `direct:${id}`
const tenantOf = (id: string) => id.split(':')[0] ?? ''
const externalIdOf = (id: string) => id.split(':')[1] ?? ''

/**
 * By tenant and id. The third is named by its reference; the application of the third candidate has the id of a job. The
 * fifth and the last of `default` name applications of others, in the other partition; the other tenant has the same ids.
 */
const APPLICATIONS: Readonly<Record<string, readonly { id: string; job: string }[]>> = {
  'default:c1': [{ id: 'default:a1', job: 'default:j1' }],
  'default:c2': [
    { id: 'default:a2', job: 'default:j1' },
    { id: 'default:a3', job: 'default:ref-2' },
  ],
  'default:c3': [{ id: 'default:j1', job: 'default:j2' }],
  'default:c4': [{ id: 'default:a4', job: 'default:j1' }],
  'default:c5': [{ id: 'default:a1', job: 'default:j1' }],
  'default:c7': [{ id: 'default:a7', job: 'default:j1' }],
  'default:c8': [{ id: 'default:a3', job: 'default:ref-2' }],
  'other:c1': [{ id: 'other:a1', job: 'other:j1' }],
}
/** Whose records they are: one person applies by several ways. */
const PERSONS: Readonly<Record<string, string>> = {
  ...{ c1: 'p1', c2: 'p2', c3: 'p1', c4: 'p1', c5: 'p3', c7: 'p2', c8: 'p2' },
}
const CANDIDATE_IDS = Object.keys(APPLICATIONS)
const JOB_IDS = ['default:j1', 'default:j2', 'other:j1']

const CANDIDATE_FORMS = [
  'good',
  'no e-mail',
  'other person',
  'opted out',
  'fewer applications',
  'deleted',
] as const
const JOB_FORMS = ['good', 'too short', 'closed', 'deleted'] as const
const SPANS_MS = [5, 1_000, 1_000, 5_000, 5_000, 30_000, 60_000, 600_000, 3_600_000, 90_000_000]

export type Action =
  | { readonly type: 'candidate'; readonly id: string; readonly form: (typeof CANDIDATE_FORMS)[number] }
  | { readonly type: 'job'; readonly id: string; readonly form: (typeof JOB_FORMS)[number] }
  | { readonly type: 'fate'; readonly fate: Fate }
  | { readonly type: 'deliver' | 'commit' | 'close step' | 'read tables'; readonly at: number }
  | { readonly type: 'run'; readonly ms: number }
  | { readonly type: 'stall'; readonly ms: number }
  | {
      readonly type: 'crash'
      readonly at: number
      readonly afterCommit: boolean
      readonly losesState: boolean
      readonly readsOldOffsets: boolean
      readonly tenants?: readonly string[]
    }
  | { readonly type: 'change account'; readonly tenant: string }
  | {
      readonly type: 'lose tail'
      readonly partition: number
      readonly records: number
      readonly isNoticed: boolean
    }
  | { readonly type: 'move'; readonly partition: number; readonly to: number; readonly commitsLate: boolean }
  | { readonly type: 'callback'; readonly nth: number; readonly by: 'id' | 'code' | 'reference' | 'nothing' }
  | { readonly type: 'finish'; readonly nth: number }
  | { readonly type: 'resolve' | 'decide again'; readonly nth: number; readonly twice: boolean }
  | { readonly type: 'decide job again' | 'bind job'; readonly id: string }

const at = fc.constantFrom(...PARTITIONS)
const nth = fc.nat(4)
const mostlyGood = <T extends string>(forms: readonly T[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant('good') }, { weight: 2, arbitrary: fc.constantFrom(...forms) })
const some = <T extends string>(type: T, weight: number, rest: object = {}) => ({
  weight,
  arbitrary: fc.record({ type: fc.constant(type), ...rest }) as unknown as fc.Arbitrary<Action>,
})

export const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.oneof(
    some('candidate', 8, {
      id: fc.constantFrom(...CANDIDATE_IDS),
      form: mostlyGood(CANDIDATE_FORMS),
    }),
    some('job', 6, { id: fc.constantFrom(...JOB_IDS), form: mostlyGood(JOB_FORMS) }),
    some('fate', 6, { fate: fc.constantFrom(...FATES) }),
    some('deliver', 6, { at }),
    some('commit', 6, { at }),
    some('close step', 1, { at }),
    some('read tables', 3, { at }),
    some('run', 8, { ms: fc.constantFrom(...SPANS_MS) }),
    some('stall', 2, { ms: fc.constantFrom(...SPANS_MS) }),
    some('crash', 3, {
      ...{ at, afterCommit: fc.boolean(), losesState: fc.boolean(), readsOldOffsets: fc.boolean() },
      tenants: fc.constantFrom(TENANTS, TENANTS, TENANTS, TENANTS.slice(0, 1)),
    }),
    some('change account', 1, { tenant: fc.constantFrom(...TENANTS) }),
    some('move', 3, { partition: at, to: at, commitsLate: fc.boolean() }),
    some('lose tail', 2, { partition: at, records: fc.integer({ min: 1, max: 6 }), isNoticed: fc.boolean() }),
    some('callback', 2, { nth, by: fc.constantFrom('id', 'code', 'reference', 'nothing') }),
    some('finish', 2, { nth }),
    some('resolve', 2, { nth, twice: fc.boolean() }),
    some('decide again', 1, { nth, twice: fc.boolean() }),
    some('decide job again', 1, { id: fc.constantFrom(...JOB_IDS) }),
    some('bind job', 1, { id: fc.constantFrom(...JOB_IDS) }),
  ),
  { minLength: 10, maxLength: 50, size: 'max' },
)

/** At one moment; a few dozen are usual. */
const ROUNDS_MAX = 2_000

/** Reads and commits until there is nothing left that can be done at this moment. */
export async function pump(world: SinkWorld): Promise<void> {
  let rounds = 0
  for (let isBusy = true; isBusy; ) {
    if (++rounds > ROUNDS_MAX) throw new Error('what is said leads to the same again, for ever')
    await vi.advanceTimersByTimeAsync(0)
    const did = PARTITIONS.map(partition => {
      const read = world.readTables(partition)
      const delivered = world.deliver(partition)
      return world.commit(partition) || read || delivered
    })
    isBusy = did.includes(true)
  }
}

const SHORT_MS = 600_000

/** Lets everybody work for a while: each timer in its turn. */
export async function run(world: SinkWorld, ms: number): Promise<void> {
  const until = Date.now() + ms
  await pump(world)
  while (Date.now() < until && vi.getTimerCount() > 0) {
    // A short while is walked through evenly: the next timer may be a day away.
    if (ms <= SHORT_MS) await vi.advanceTimersByTimeAsync(Math.ceil(ms / 10))
    else await vi.advanceTimersToNextTimerAsync()
    await pump(world)
  }
}

export async function perform(world: SinkWorld, action: Action): Promise<void> {
  switch (action.type) {
    case 'candidate':
      return produceCandidate(world, action.id, action.form)
    case 'job':
      return produceJob(world, action.id, action.form)
    case 'fate':
      return void world.pulsifi.fates.push(action.fate)
    case 'deliver':
      return void world.deliver(action.at)
    case 'commit':
      return void world.commit(action.at)
    case 'close step':
      return world.closeStep(action.at)
    case 'read tables':
      return void world.readTables(action.at)
    case 'run':
      return run(world, action.ms)
    case 'stall':
      return void (await vi.advanceTimersByTimeAsync(action.ms))
    case 'crash':
      return world.crash(action.at, action)
    case 'lose tail':
      return world.loseTail(action.partition, action.records, action.isNoticed)
    case 'move':
      return world.move(action.partition, action.to, action.commitsLate)
    default:
      return ask(world, action)
  }
}

/** What comes from people and from Pulsifi. */
function ask(world: SinkWorld, action: Action): void {
  switch (action.type) {
    case 'decide job again':
    case 'bind job':
      return commandJob(world, key(action.id), action.type)
    case 'resolve':
    case 'decide again':
      return commandApplication(world, action)
    case 'change account':
      return world.pulsifi.changeAccount(action.tenant)
    case 'finish':
    case 'callback': {
      const known = world.pulsifi.candidates.at(action.nth)
      if (known === undefined) return
      if (action.type === 'finish') world.pulsifi.finish(known)
      else world.callback(known.account.replaceAll("'", ''), bodyOfCallback(known, action.by))
    }
  }
}

function commandJob(world: SinkWorld, jobKey: string, type: 'decide job again' | 'bind job'): void {
  const known = world.bindings().get(jobKey)
  const { attempt = 0, pulsifi_job_id: replaces = null } = known ?? {}
  const pulsifiJobId = '00000000-0000-4000-8000-00000000000f'
  const command =
    type === 'bind job'
      ? ({ command: 'bind-job', jobKey, pulsifiJobId, replaces } as const)
      : ({ command: 'decide-job-again', jobKey, attempt } as const)
  world.tell({ kind: 'COMMAND', ...command }, partitionOf(jobKey))
}

function commandApplication(
  world: SinkWorld,
  { type, nth: index, twice }: Action & { type: 'resolve' | 'decide again' },
): void {
  const known = [...world.invitations().values()].at(index)
  if (known === undefined) return
  // Whoever looks before the call has ended for certain may see less than there will be.
  if (type === 'resolve' && known.outcome !== 'AMBIGUOUS') return
  const { application_key: applicationKey, attempt, ext_reference_id } = known
  const pulsifiCandidateId = world.pulsifi.candidatesOf(ext_reference_id, known.candidate_key)[0]?.id ?? null
  const command =
    type === 'resolve'
      ? ({ command: 'resolve', applicationKey, attempt, pulsifiCandidateId } as const)
      : ({ command: 'decide-again', applicationKey, attempt } as const)
  for (let times = twice ? 2 : 1; times > 0; times--)
    world.tell({ kind: 'COMMAND', ...command }, partitionOf(known.candidate_key))
}

const bodyOfCallback = (known: { id: string; reference: string }, by: string): object =>
  by === 'id'
    ? { event_body: { candidate_id: known.id } }
    : by === 'code'
      ? { invitation_code: `code-${known.id}` }
      : by === 'reference'
        ? { data: { ext_reference_id: known.reference } }
        : { event_type: 'anything' }

function produceCandidate(world: SinkWorld, id: string, form: (typeof CANDIDATE_FORMS)[number]): void {
  const applications = (APPLICATIONS[id] ?? []).map(anApplicationOf)
  const person = `${tenantOf(id)} ${form === 'other person' ? 'p3' : PERSONS[externalIdOf(id)]}`
  const hasNone = form === 'no e-mail' || form === 'deleted'
  const change: Partial<Candidate> = {
    // Pulsifi is told both: what it has names candidate and person.
    ...(hasNone ? { email: null } : { email: emailOf(id), first_name: person, person_key: person }),
    ...(form === 'opted out' && { communications_opt_out: true }),
    ...(form === 'deleted' && { lifecycle: 'DELETED', first_name: null, applications: [] }),
    ...(form === 'fewer applications' && { applications: applications.slice(1) }),
  }
  const candidate = aCandidate({
    ...{ external_id: externalIdOf(id), candidate_key: key(id), applications, provenance: received(id) },
    ...change,
  })
  world.produce(CANONICAL_CANDIDATE, key(id), candidate)
}

const emailOf = (id: string) => `${id.replace(':', '.')}@example.com`

const anApplicationOf = ({ id, job }: { id: string; job: string }): Application =>
  anApplication({
    external_id: externalIdOf(id),
    application_key: key(id),
    job: {
      job_key: key(job),
      external_id: externalIdOf(job),
      reference: null,
      title: null,
      status_raw: null,
    },
  })

function produceJob(world: SinkWorld, id: string, form: (typeof JOB_FORMS)[number]): void {
  const change: Partial<Job> = {
    ...(form === 'too short' && { description: 'Too short.' }),
    ...(form === 'closed' && { status: 'CLOSED' }),
    ...(form === 'deleted' && { lifecycle: 'DELETED', title: null, description: null, reference: null }),
  }
  const job = aJob({
    ...{ external_id: externalIdOf(id), job_key: key(id), reference: externalIdOf(id).replace('j', 'ref-') },
    provenance: received(id),
    ...change,
  })
  world.produce(CANONICAL_JOB, key(id), job)
}

const received = (id: string) => ({
  ...{ ...provenance, source: 'direct', tenant_id: tenantOf(id), received_at: Date.now() },
})
