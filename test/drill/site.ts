/** What a drill happens to: a broker, processes with folders that outlive it, a story of webhooks, Pulsifi's stand-in. */
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { CANONICAL_CANDIDATE, CANONICAL_JOB } from '../../services/core/topics.ts'
import { GROUNDS, type Ground } from '../chaos/ground/ground.ts'
import { type Posted, postAll } from '../chaos/poster.ts'
import { SETTINGS, untilQuiet } from '../chaos/run-seed.ts'
import { type Delivery, type Story, writeStory } from '../chaos/story.ts'
import { unreadRecords } from '../chaos/stuck/look-at-groups.ts'
import { createTopicsReader, type TopicsReader } from '../chaos/topics.ts'
import { countEnds, eventsOnNoTopic } from '../chaos/verify.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { SECRET, World } from '../chaos/world.ts'
import { opsJson } from '../support/ops.ts'

export interface SiteOptions {
  readonly directory: string
  readonly events: number
  readonly onEvent: (line: string) => void
}

/** What a drill is judged by. */
export interface DrillResult {
  readonly invitedTwice: number
  readonly lost: number
  /** Requests to Pulsifi that the disaster itself caused, before anybody sent anything new: by operation. */
  readonly askedAgain: Readonly<Record<string, number>>
  /** The most requests in one second meanwhile. */
  readonly perSecond: number
  /** What was wrong, in words. */
  readonly faults: readonly string[]
}

const PER_SECOND = 30
/** Low enough to be seen in what is asked again. */
const PULSIFI_RATE_PER_SECOND = '10'
const SETTLE_SECONDS = 75

export class Site {
  readonly #options: SiteOptions
  readonly story: Story
  #ground: Ground | null = null
  #world: World | null = null
  #reader: TopicsReader | null = null

  constructor(options: SiteOptions) {
    this.#options = options
    const { deliveries, expected } = writeStory(1, 1, options.events)
    // Jobs first, so that no part of the story leaves somebody waiting for one.
    const isJob = ({ entity }: Delivery) => entity.startsWith('job ')
    this.story = {
      deliveries: [...deliveries.filter(isJob), ...deliveries.filter(delivery => !isJob(delivery))],
      expected,
    }
  }

  /** Deliveries from one part of the story to another: 0 is its beginning, 1 its end. */
  part(from: number, to: number): readonly Delivery[] {
    const { deliveries } = this.story
    return deliveries.slice(Math.round(from * deliveries.length), Math.round(to * deliveries.length))
  }

  get ground(): Ground {
    if (this.#ground === null) throw new Error('no broker runs')
    return this.#ground
  }
  get reader(): TopicsReader {
    if (this.#reader === null) throw new Error('no broker runs')
    return this.#reader
  }

  /** The folder of a cluster by this name: its data stay in it. */
  folder(cluster: string): string {
    return join(this.#options.directory, cluster)
  }

  /** Starts the broker of a cluster. Its address is another one each time. */
  async open(cluster: string): Promise<void> {
    this.#ground = await GROUNDS['one broker'](this.folder(cluster))
    this.#reader = await createTopicsReader(this.#ground.brokers, this.#ground.registryUrl)
  }

  async close(): Promise<void> {
    await this.#reader?.close()
    await this.#ground?.stop()
    this.#ground = null
    this.#reader = null
  }

  /** Starts all processes on the broker that runs, with the folders that they had. */
  async start(sinkIsReady?: Parameters<typeof World.start>[3]): Promise<void> {
    const settings = { ...SETTINGS, PULSIFI_RATE_PER_SECOND }
    this.#world = await World.start(this.#options.directory, this.ground, settings, sinkIsReady)
  }

  /** The operator's command line, and what it prints as JSON. */
  ops(...args: readonly string[]): Promise<unknown> {
    return opsJson(this.#environment(this.#running()), ...args)
  }

  /**
   * Starts all processes on a cluster whose ledger has lost its end, and gives up what the sink says is lost.
   * @returns the logs that were lost, as `<topic>/<number>`
   */
  async startAndAcceptLoss(): Promise<readonly string[]> {
    const accepted = new Set<string>()
    await this.start(async (sink, world) =>
      waitUntil('the sink to go on', 120_000, async () => {
        const lost = await lostLogs(`http://127.0.0.1:${sink.port}/readyz?verbose`)
        if (lost === null) return true
        const open = lost.filter(each => !accepted.has(each)).map(each => each.split('/'))
        for (const [topic = '', logs] of Map.groupBy(open, ([topic]) => topic)) {
          const partitions = logs.flatMap(([, partition = '']) => ['--partition', partition])
          await opsJson(this.#environment(world), 'topics', 'accept-loss', topic, ...partitions, '--yes')
          for (const log of logs) accepted.add(log.join('/'))
        }
        return false
      }),
    )
    return [...accepted]
  }

  /** Everything still open comes to its end. */
  untilQuiet(posted: Posted): Promise<void> {
    return untilQuiet(this.reader, posted, { settleSeconds: SETTLE_SECONDS, onEvent: this.#options.onEvent })
  }

  /** Stops all processes in order. */
  async stop(): Promise<void> {
    await this.#world?.stop()
    this.#world = null
  }

  /** Has a part of the story sent, and waits until nothing more comes of it. */
  async send(deliveries: readonly Delivery[]): Promise<Posted> {
    const world = this.#running()
    const posted = await postAll({
      deliveries,
      perSecond: PER_SECOND,
      concurrency: 16,
      targets: world.ingressUrls,
      secret: SECRET,
      giveUpAfterMs: 120_000,
    })
    this.#options.onEvent(`${posted.acknowledged} of ${deliveries.length} deliveries acknowledged`)
    await this.untilQuiet(posted)
    return posted
  }

  /** Waits until the groups have read everything. */
  async untilRead(): Promise<void> {
    await waitUntil(
      'the groups to read everything',
      120_000,
      async () => (await unreadRecords(this.reader)) === 0,
    )
  }

  /** How many canonical records there are. */
  async published(): Promise<number> {
    const readings = await Promise.all(
      [CANONICAL_JOB, CANONICAL_CANDIDATE].map(topic => this.reader.read(topic)),
    )
    return readings.reduce((sum, { records }) => sum + records.length, 0)
  }

  /** What Pulsifi was asked since the processes were started. */
  async asked(): Promise<Pick<DrillResult, 'askedAgain' | 'perSecond'>> {
    const response = await fetch(`${this.#running().sandboxUrl}/_sandbox/stats`)
    const stats = (await response.json()) as {
      requests: { operation: string; count: number }[]
      max_requests_in_one_second: number
    }
    const askedAgain: Record<string, number> = {}
    for (const { operation, count } of stats.requests)
      if (/^(candidates|jobs)[.]/.test(operation))
        askedAgain[operation] = (askedAgain[operation] ?? 0) + count
    return { askedAgain, perSecond: stats.max_requests_in_one_second }
  }

  /** Counts what became of the whole story; `onTopics` are deliveries whose events must be on the topics now. */
  async count(onTopics: readonly Posted[]): Promise<Pick<DrillResult, 'invitedTwice' | 'lost' | 'faults'>> {
    const faults: string[] = []
    const ends = await countEnds(this.reader, this.#running().sandboxUrl, this.story.expected, faults)
    let missing = 0
    for (const posted of onTopics) missing += (await eventsOnNoTopic(this.reader, posted)).length
    if (missing > 0) faults.push(`${missing} acknowledged events are on no topic`)
    return { invitedTwice: ends.invitedTwice, lost: ends.lost + missing, faults }
  }

  /** A copy of what a cluster holds on disk while it does not run. */
  backUp(cluster: string): void {
    cpSync(join(this.folder(cluster), 'kafka'), join(this.folder(cluster), 'yesterday'), { recursive: true })
  }

  restore(cluster: string): void {
    rmSync(join(this.folder(cluster), 'kafka'), { recursive: true })
    cpSync(join(this.folder(cluster), 'yesterday'), join(this.folder(cluster), 'kafka'), { recursive: true })
  }

  #environment({ env }: World): Readonly<Record<string, string>> {
    return { ...env, KAFKA_BROKERS: this.ground.brokers }
  }

  #running(): World {
    if (this.#world === null) throw new Error('no processes run')
    return this.#world
  }
}

/** What a sink says it has lost; null when it is ready. */
async function lostLogs(url: string): Promise<readonly string[] | null> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
  if (response.ok) return null
  const { checks } = (await response.json()) as { checks: Record<string, { detail: string }> }
  const [, logs = ''] = checks.ledger?.detail.split('LEDGER_LOST: ') ?? []
  return logs === '' ? [] : logs.split(', ')
}
