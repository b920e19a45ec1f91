/** Mutated webhooks through the real ingress and normalizer, and what became of every one of them. */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deadLetterTopic, rawTopic } from '../../services/core/topics.ts'
import { createTopicsReader, type TopicsReader } from '../chaos/topics.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { mutated } from '../support/mutated.ts'
import { type StackForTest, stackForTest } from './stack-for-test.ts'

const FUZZED = ['humansourcing', 'idibu', 'cleverconnect', 'jobylon', 'direct'] as const
const OUTCOMES = ['published', 'duplicate', 'skipped', 'dead_lettered'] as const
const CONCURRENCY = 16

interface Fuzzed {
  readonly posted: number
  /** Answers by status. */
  readonly answers: Readonly<Record<string, number>>
  /** Events acknowledged: each is one offset of a raw topic, or one dead letter of ingress. */
  readonly acknowledged: number
  readonly stored: number
  /** What the normalizer counted for them. */
  readonly outcomes: number
  /** Offsets without outcome. */
  readonly unaccounted: number
  /** Events by outcome, and by reason where there is one: `skipped KIND_UNKNOWN`. */
  readonly became: Readonly<Record<string, number>>
  readonly seconds: number
  /** Processes that died on the way. */
  readonly died: readonly string[]
}

interface Standing {
  readonly stored: number
  readonly outcomes: number
  /** Offsets that nothing is known of. */
  readonly open: number
  /** Offsets that hold nothing: of a transaction of another test, say. */
  readonly void: number
}

/** Declares the test: so many posts of each source, unless `FUZZ_POSTS` says otherwise. Figures go to standard error. */
export function fuzzTest(postsByDefault: number): void {
  const posts = Number(process.env.FUZZ_POSTS ?? postsByDefault)
  const seed = Number(process.env.FUZZ_SEED ?? 20_260)
  let test: StackForTest

  beforeAll(async () => {
    test = await stackForTest()
  })
  afterAll(() => test?.stop())

  it.each(FUZZED)(
    'answers every mutated webhook of %s, and accounts for every event that it acknowledged',
    async source => {
      const fuzzed = await fuzzSource(test, source, posts, seed)
      console.error(`${source}: ${JSON.stringify(fuzzed)}`)
      const { 200: taken = 0, 422: refused = 0, ...others } = fuzzed.answers
      expect([taken + refused, others]).toEqual([posts, {}])
      // Whoever writes our own format can mend it; a vendor could only send the same again.
      expect(refused > 0).toBe(source === 'direct')
      expect(fuzzed.stored).toBe(fuzzed.acknowledged)
      expect(fuzzed.outcomes).toBe(fuzzed.acknowledged)
      expect(fuzzed).toMatchObject({ unaccounted: 0, died: [] })
    },
    600_000,
  )
}

async function fuzzSource(test: StackForTest, source: string, posts: number, seed: number): Promise<Fuzzed> {
  const { stack } = test
  const reader = await createTopicsReader(stack.infrastructure.kafka, stack.infrastructure.registryUrl)
  const pids = () => stack.processes.map(({ name, pid }) => `${name} ${pid}`)
  const processes = pids()
  const startedMs = performance.now()
  const before = await standing(reader, source)
  const becameBefore = await became(test, source)
  const { answers, acknowledged } = await postAll(test, source, posts, seed)
  await waitUntil(`the normalizer to decide about every event of ${source}`, 120_000, async () => {
    const now = await standing(reader, source)
    return now.open === 0
  })
  const after = await standing(reader, source)
  await reader.close()
  return {
    posted: posts,
    answers,
    acknowledged,
    stored: after.stored - before.stored,
    outcomes: after.outcomes - before.outcomes,
    unaccounted: after.open + after.void - before.void,
    became: difference(await became(test, source), becameBefore),
    seconds: Math.round((performance.now() - startedMs) / 1000),
    died: processes.filter(process => !pids().includes(process)),
  }
}

/** Bodies of the source's fixtures, each changed in one to three places. */
function bodiesOf(source: string, posts: number, seed: number): readonly string[] {
  const folder = new URL(`../../services/sources/${source}/fixtures/`, import.meta.url)
  const fixtures = readdirSync(folder).flatMap(file => {
    const { request } = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    return request.body === undefined ? [] : [request.body]
  })
  return fc
    .sample(mutated(fc.constantFrom(...fixtures)), { numRuns: posts, seed })
    .map(body => JSON.stringify(body))
}

async function postAll({ post, tenant, secret }: StackForTest, source: string, posts: number, seed: number) {
  const answers: Record<string, number> = {}
  let acknowledged = 0
  const queue = [...bodiesOf(source, posts, seed)]
  const worker = async () => {
    for (let body = queue.pop(); body !== undefined; body = queue.pop()) {
      const { status, body: answer } = await post(`${source}/${tenant}`, body, {
        authorization: `Bearer ${secret}`,
      })
      answers[status] = (answers[status] ?? 0) + 1
      if (status === 200) acknowledged += answer.event_ids.length
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return { answers, acknowledged }
}

async function standing(reader: TopicsReader, source: string): Promise<Standing> {
  const ends = await reader.ends(rawTopic(source))
  const committed = await reader.committed('normalizer', rawTopic(source))
  const deadLetters = sum([...(await reader.ends(deadLetterTopic('ingress'))).values()])
  let [stored, outcomes, open, nothing] = [deadLetters, deadLetters, 0, 0]
  for (const [partition, end] of ends) {
    const metadata = committed.get(partition)?.metadata ?? ''
    const counts: Record<string, number> = metadata === '' ? {} : JSON.parse(metadata)
    const decided = sum(OUTCOMES.map(name => counts[name] ?? 0))
    stored += end
    outcomes += decided
    nothing += counts.void ?? 0
    open += Math.abs(end - (counts.first ?? 0) - decided - (counts.void ?? 0))
  }
  return { stored, outcomes, open, void: nothing }
}

/** What ingress and normalizer have counted of the source. */
async function became({ stack }: StackForTest, source: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const process of ['ingress', 'normalizer']) {
    const text = await (await fetch(`${stack.healthUrls[process]}/metrics`)).text()
    for (const [, labels = '', count] of text.matchAll(/^atsflow_events_total\{(.*)\} (\d+)$/gm)) {
      const of = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(labels)?.[1] ?? ''
      if (of('source') !== source) continue
      const name = `${of('outcome')} ${of('reason')}`.trim()
      counts[name] = (counts[name] ?? 0) + Number(count)
    }
  }
  return counts
}

const difference = (after: Record<string, number>, before: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]))

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
