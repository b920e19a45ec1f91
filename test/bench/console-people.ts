/** People who look at the console at once, each at something else, while applications go on coming in. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Pipeline } from '../support/ops-records.ts'
import { applicationKeyOf, jobKeyOf, recordsAbout, SOURCES } from './console-topics.ts'
import { percentile } from './figures.ts'

const PEOPLE = 10
const DAY_MS = 86_400_000

export interface Pace {
  /** How often the page asks again while somebody looks at one thing. */
  readonly rounds: number
  /** Between two rounds, as `page/app.js` has it. */
  readonly pauseMs: number
}

/** What somebody has chosen, in the words of the API. */
interface View {
  readonly filters?: Readonly<Record<string, string>>
  readonly list?: Readonly<Record<string, string>>
  readonly by?: string
  /** The application that is open. */
  readonly open?: string
}

const dayBefore = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10)

/** What one of them looks at, one after the other. */
const viewsOf = (person: number): readonly View[] => [
  {},
  { filters: { source: SOURCES[person % SOURCES.length] ?? '' } },
  { filters: { job_key: jobKeyOf(person * 21) } },
  { filters: { from: dayBefore(60 + person), to: dayBefore(person) } },
  { list: { q: `c${(person + 1) * 991}` } },
  { list: { sort: 'job_title', offset: '24' } },
  { by: 'job_key' },
  { open: applicationKeyOf(person * 1_013 + 3) },
]

type Asked = readonly [kind: string, address: string]

/**
 * Every request of the page in one round. The history of days is asked for when it is old, and not in each.
 * @param knowsType a page that has shown a type of scores names it from then on
 */
function requestsOf(
  { filters = {}, list = {}, by = 'none', open }: View,
  { isFirst, knowsType }: { readonly isFirst: boolean; readonly knowsType: boolean },
): readonly Asked[] {
  const { from, to, ...place } = filters
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const path = (name: string, ...parts: readonly Readonly<Record<string, string>>[]) =>
    `${name}?${new URLSearchParams(Object.assign({}, ...parts))}`
  const score = knowsType ? { score_type: 'role_fit' } : {}
  return [
    ['session', 'session'],
    ['health', 'health'],
    [
      'sources and jobs to choose',
      path('choices', place.job_key === undefined ? {} : { job_key: place.job_key }),
    ],
    ['funnel', path('funnel', filters)],
    ['time between steps', path('steps', filters, { path: 'every_step' })],
    ...(isFirst ? [['funnel day by day', path('funnel/days', place, days)] as const] : []),
    ['types of scores', path('scores/types', filters)],
    ['distribution of scores', path('scores/distribution', score, filters, { by, groups: '6' })],
    ['scores over time', path('scores/over-time', score, filters, { interval: 'auto' })],
    ['jobs', path('jobs', filters, { sort: 'applications', limit: '10', offset: '0' })],
    [
      list.q === undefined ? 'page of applications' : 'search for an application',
      path('applications', filters, { limit: '12', offset: '0' }, list),
    ],
    ['dead letters', path('dead-letters', { limit: '8' })],
    ...(open === undefined
      ? []
      : [['timeline of one', path('applications/timeline', { key: open })] as const]),
  ]
}

/** By kind of request: how long each answer took, until its last byte was there. */
type Took = Map<string, number[]>

/** Resolves when everybody has looked at everything. */
export async function lookAround(url: string, pace: Pace): Promise<ReadonlyMap<string, readonly number[]>> {
  const took: Took = new Map()
  await Promise.all(
    Array.from({ length: PEOPLE }, async (_, person) => {
      // Nobody begins with the same thing as the one before, or turns to the next at the same moment.
      await delay((pace.rounds * pace.pauseMs * person) / PEOPLE)
      const views = viewsOf(person)
      const tags = new Map<string, Answered>()
      for (let at = 0; at < views.length; at++)
        await look(url, views[(at + person) % views.length] ?? {}, { pace, took, tags })
    }),
  )
  return took
}

interface Answered {
  readonly address: string
  readonly tag: string | null
}

interface Walk {
  readonly pace: Pace
  readonly took: Took
  /** By kind, as the page's readers remember them. */
  readonly tags: Map<string, Answered>
}

async function look(url: string, view: View, { pace, took, tags }: Walk): Promise<void> {
  for (let round = 0; round < pace.rounds; round++) {
    await Promise.all(
      requestsOf(view, { isFirst: round === 0, knowsType: tags.size > 0 }).map(async ([kind, address]) => {
        const known = tags.get(kind)
        const tag = known?.address === address ? known.tag : null
        const startedMs = performance.now()
        const response = await fetch(`${url}/api/${address}`, {
          headers: tag === null ? {} : { 'if-none-match': tag },
        })
        await response.arrayBuffer()
        if (!response.ok && response.status !== 304) throw new Error(`${address} answered ${response.status}`)
        took.set(kind, [...(took.get(kind) ?? []), performance.now() - startedMs])
        tags.set(kind, { address, tag: response.headers.get('etag') })
      }),
    )
    await delay(pace.pauseMs)
  }
}

export const figuresOf = (tookMs: readonly number[]) => ({
  p50Ms: percentile(tookMs, 0.5),
  p95Ms: percentile(tookMs, 0.95),
  p99Ms: percentile(tookMs, 0.99),
  asked: tookMs.length,
})

const EVERY_MS = 100

/**
 * New applications with their whole history, ten a second, and as many of the old ones told once more.
 * @param first number of an application that nobody knows yet
 */
export function startWriting(
  { kafka, codec }: Pipeline,
  first: number,
): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController()
  async function write(): Promise<void> {
    const producer = kafka.producer()
    await producer.connect()
    for (let n = first; !stopping.signal.aborted; n++) {
      const old = recordsAbout(codec, (n * 7_919) % first).filter(
        ({ topic }) => topic === 'pulsifi.invitation.v1',
      )
      const topicMessages = [...recordsAbout(codec, n), ...old].filter(({ messages }) => messages.length > 0)
      await producer.sendBatch({ topicMessages })
      await delay(EVERY_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
    await producer.disconnect()
  }
  const writing = write()
  // Told where it is awaited.
  writing.catch(() => undefined)
  return {
    stop() {
      stopping.abort()
      return writing
    },
  }
}
