/**
 * What the ATSs send in one run: jobs, candidates in several versions, redeliveries, late older snapshots, deletes.
 * Pure. Every body carries its version, so that what arrives can be compared with what was sent.
 */
import { createRandom, type Random } from './random.ts'

export interface Delivery {
  readonly source: 'humansourcing' | 'jobylon' | 'cleverconnect'
  /** Deliveries of one entity are sent one after the other, in this order. */
  readonly entity: string
  readonly body: string
}

export interface Story {
  readonly deliveries: readonly Delivery[]
  readonly expected: Expected
}

export interface Expected {
  /** The newest version of every candidate and job by its canonical key; null when it was deleted last. */
  readonly versions: ReadonlyMap<string, number | null>
  /** Applications that must end invited, ambiguous, or behind another one of their person that did, by key. */
  readonly invited: ReadonlySet<string>
  /** Applications whose job is too thin for Pulsifi. */
  readonly blocked: ReadonlySet<string>
  /** Applications of people who were deleted: any end but a second invitation is right. */
  readonly deleted: ReadonlySet<string>
}

const PROSE =
  'You plan and run the daily work of a small team, advise customers, keep the stock in order and report every week. '
const DAY_MS = 86_400_000
const EPOCH_MS = Date.UTC(2026, 0, 1)
const clock = (version: number) => new Date(EPOCH_MS + version * 60_000).toISOString().replace('Z', '+00:00')
const uuid = (kind: number, n: number) =>
  `${kind.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

interface Writer {
  readonly random: Random
  readonly runId: number
  readonly isSeenAgain: number
  readonly deliveries: Delivery[]
  readonly versions: Map<string, number | null>
  readonly invited: Set<string>
  readonly blocked: Set<string>
  readonly deleted: Set<string>
}

/**
 * @param runId makes the ids of this run differ from those of any other on the same broker
 * @param isSeenAgain the share of people who have a second record, or come by another source, too
 */
export function writeStory(seed: number, runId: number, deliveries: number, isSeenAgain = 0.3): Story {
  const sets = {
    versions: new Map(),
    invited: new Set<string>(),
    blocked: new Set<string>(),
    deleted: new Set<string>(),
  }
  const writer: Writer = { random: createRandom(seed), runId, isSeenAgain, deliveries: [], ...sets }
  const jobs = Math.max(6, Math.round(deliveries / 120))
  for (let job = 0; job < jobs; job++) writeJob(writer, job)
  for (let person = 0; writer.deliveries.length < deliveries; person++) {
    if (writer.random.chance(0.5)) writeJobylon(writer, person)
    else writeHumanSourcing(writer, person, jobs)
  }
  return { deliveries: shuffled(writer), expected: sets }
}

/** Mixes entities, and keeps the order within each: its deliveries start somewhere and follow each other closely. */
function shuffled({ deliveries, random }: Writer): Delivery[] {
  const queues = [...Map.groupBy(deliveries, ({ entity }) => entity).values()]
  return queues
    .flatMap(queue => {
      const start = random.next()
      return queue.map((delivery, index) => ({ delivery, at: start + index * 0.02 }))
    })
    .sort((a, b) => a.at - b.at)
    .map(({ delivery }) => delivery)
}

const isThin = (job: number) => job % 9 === 4

function writeJob(writer: Writer, job: number): void {
  const id = writer.runId * 1000 + job
  const newest = 1 + writer.random.below(3)
  for (let version = 1; version <= newest; version++) {
    const data = {
      job_id: id,
      job_title: `Sales adviser ${job} v${version}`,
      job_reference: `v${version}`,
      job_description: isThin(job) ? 'Too short.' : PROSE.repeat(4),
      job_type: 'cdi',
      job_category_name: 'Sales',
      job_category_id: 7,
      job_updated_at: clock(version),
    }
    push(writer, 'humansourcing', `job ${id}`, [
      { event: version === 1 ? 'creation' : 'update', type: 'job', data },
    ])
  }
  writer.versions.set(`humansourcing:default:${id}`, newest)
}

function writeHumanSourcing(writer: Writer, person: number, jobs: number): void {
  const { random } = writer
  const id = writer.runId * 100_000 + person
  const key = `humansourcing:default:${id}`
  const postes = new Set(Array.from({ length: 1 + random.below(2) }, () => random.below(jobs)))
  const newest = 1 + random.below(3)
  const snapshot = (version: number) => [
    { event: 'update', type: 'candidate', data: personOf(writer, id, version, postes) },
  ]
  const entity = `person ${id}`
  for (let version = 1; version <= newest; version++) {
    push(writer, 'humansourcing', entity, snapshot(version))
    if (random.chance(0.2)) push(writer, 'humansourcing', entity, snapshot(version))
    // A late older snapshot, which must change nothing.
    if (version > 1 && random.chance(0.2)) push(writer, 'humansourcing', entity, snapshot(version - 1))
  }
  const isDeleted = random.chance(0.04)
  if (!isDeleted && random.chance(writer.isSeenAgain)) writeAgain(writer, id, [...postes])
  if (isDeleted) push(writer, 'humansourcing', entity, [{ event: 'delete', type: 'candidate', data: { id } }])
  writer.versions.set(`candidate ${key}`, isDeleted ? null : newest)
  if (isDeleted) for (const job of postes) writer.deleted.add(applicationOf(writer, key, job))
  else expectEnds(writer, key, [...postes])
}

const applicationOf = ({ runId }: Writer, key: string, job: number): string => `${key}#${runId * 1000 + job}`

/** Records of people who have two begin here. */
const SECOND = 50_000

/** The same person once more: with a second record of the same source, or by another source. */
function writeAgain(writer: Writer, person: number, postes: readonly number[]): void {
  const id = person + SECOND
  const entity = `person ${id}`
  if (writer.random.chance(0.5)) {
    push(writer, 'humansourcing', entity, [
      { event: 'update', type: 'candidate', data: personOf(writer, id, 1, new Set(postes), person) },
    ])
    writer.versions.set(`candidate humansourcing:default:${id}`, 1)
    expectEnds(writer, `humansourcing:default:${id}`, postes)
    return
  }
  const [job = 0] = postes
  push(writer, 'cleverconnect', entity, {
    id,
    jobId: String(writer.runId * 1000 + job),
    candidate: { firstName: 'Test', lastName: 'Person v1', email: `person-${person}@example.com` },
    attachments: [],
  })
  const key = `cleverconnect:default:${id}`
  writer.versions.set(`candidate ${key}`, 1)
  if (isThin(job)) writer.blocked.add(key)
  else writer.invited.add(key)
}

function expectEnds(writer: Writer, key: string, postes: readonly number[]): void {
  for (const job of postes) {
    const application = applicationOf(writer, key, job)
    if (isThin(job)) writer.blocked.add(application)
    else writer.invited.add(application)
  }
}

function personOf(writer: Writer, id: number, version: number, postes: ReadonlySet<number>, person = id) {
  return {
    id,
    first_name: 'Test',
    last_name: `Person v${version}`,
    email: `person-${person}@example.com`,
    tags: [`v${version}`],
    latest_action: clock(version),
    action: [...postes].map((job, index) => ({
      id: String(id * 10 + index),
      type: '1',
      default_type: '4',
      code: 'CAND',
      rating: 0,
      emailing: false,
      date: new Date(EPOCH_MS - DAY_MS).toISOString(),
      poste: { id: String(writer.runId * 1000 + job), title: 'Sales adviser', status: '1' },
    })),
  }
}

function writeJobylon(writer: Writer, person: number): void {
  const { random } = writer
  const n = writer.runId * 100_000 + person
  const candidateId = uuid(0xca, n)
  const job = random.below(12)
  const body = (signature: string) => ({
    event_type: 'candidate',
    action: 'new',
    data: {
      company: { id: uuid(0xc0, 1), internal_id: 1 },
      candidate: {
        id: candidateId,
        internal_id: n,
        first_name: 'Test',
        last_name: 'Person v1',
        email: `jobylon-${n}@example.com`,
        status: { id: 1, name: 'New', group: 0 },
        files: {
          cv: `https://files.example.com/${n}/cv.pdf?AWSAccessKeyId=A&Signature=${signature}&Expires=4102444800`,
        },
        answers: [],
      },
      job: {
        id: uuid(0x10b, writer.runId * 1000 + job),
        internal_id: job,
        title: `Warehouse lead ${job}`,
        description: PROSE.repeat(4),
        skills: 'Forklift\nStock control',
        from_date: '2026-01-01',
        language: 'en',
      },
    },
  })
  const entity = `jobylon ${candidateId}`
  push(writer, 'jobylon', entity, body('first'))
  if (random.chance(0.25)) push(writer, 'jobylon', entity, body('first'))
  if (random.chance(0.1)) push(writer, 'jobylon', entity, body('signed-again'))
  const key = `jobylon:default:${candidateId}`
  writer.versions.set(`candidate ${key}`, 1)
  writer.invited.add(key)
}

function push(writer: Writer, source: Delivery['source'], entity: string, body: unknown): void {
  writer.deliveries.push({ source, entity, body: JSON.stringify(body) })
}
