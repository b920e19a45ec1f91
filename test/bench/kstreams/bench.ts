/**
 * `npm run bench -- --peer kstreams`: our normalizer beside a Kafka Streams application that does the same work for idibu's
 * candidates, by turns on one broker and on the same raw records. Both must publish the same bytes, else there is no ratio.
 */
import { writeFileSync } from 'node:fs'
import { sourceNames } from '../../../infra/local/topics.ts'
import { CANONICAL_CANDIDATE, rawTopic } from '../../../services/core/topics.ts'
import { createCodec } from '../../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../../services/platform/avro/registry.ts'
import { readVersion } from '../../../services/platform/process/version.ts'
import { applyTopics } from '../../../services/platform/topics/admin.ts'
import { readTopicsFile } from '../../../services/platform/topics/file.ts'
import { type BenchAdmin, benchKafka, removeTopics } from '../bench-kafka.ts'
import { fill } from '../raw-events.ts'
import { openWorld, type World } from '../world.ts'
import { rawCandidates } from './load.ts'
import {
  areEqual,
  type Digests,
  differenceBetween,
  digestsOf,
  OURS,
  type Outputs,
  THEIRS,
} from './outputs.ts'
import { type BuiltPeer, buildPeer, requireTools, startPeer } from './peer.ts'
import { conclusion, type Figures, type PeerTurn, peerTable, SYSTEMS, type System } from './table.ts'
import { watch } from './turn.ts'

export interface PeerBenchOptions {
  readonly rounds: number
  readonly events: number
  readonly isQuick: boolean
  /** Every turn, as JSON. */
  readonly out: string | null
  readonly machine: unknown
  readonly say: (line: string) => void
}

const EVENTS_QUICK = 20_000
const PARTITIONS = 6
const GROUP = 'normalizer'
const RAW = rawTopic('idibu')
const APPLICATION = 'bench-kstreams'
const SECRET = 'person-key-of-this-run'
const THREADS = 2
/** By the names of `SYSTEMS`; the peer is none of ours. */
const PROCESSES: Readonly<Partial<Record<System, number>>> = {
  'atsflow, 1 process': 1,
  'atsflow, 2 processes': 2,
}

/** @returns the report. @throws Error that says where the two sides part, when they do */
export async function benchKafkaStreams(options: PeerBenchOptions): Promise<string> {
  const { isQuick, say } = options
  const events = isQuick ? EVENTS_QUICK : options.events
  const peer = await buildPeer(await requireTools(process.env), { env: process.env, onEvent: say })
  say('starting a broker and a registry')
  const world = await openWorld(PARTITIONS)
  try {
    say(`writing ${events.toLocaleString('en')} raw events`)
    await fill(benchKafka(world), rawCandidates(events))
    const bench = new Bench(world, peer, events, say)
    const done: PeerTurn[] = []
    for (const { round, system } of turnsOf(isQuick ? 0 : options.rounds)) {
      const figures = await bench.take(round, system)
      done.push({ round, system, figures })
      if (options.out !== null)
        writeFileSync(options.out, `${JSON.stringify({ machine: options.machine, turns: done }, null, 1)}\n`)
    }
    const result = isQuick
      ? 'Figures of --quick compare with nothing: no JVM is warm so soon.'
      : conclusion(done)
    return `${peerTable(done)}\n\n${result}\n${bench.equality()}`
  } finally {
    await world.close()
  }
}

/** A B C, C B A, A B C: nobody is always the first on a broker that still warms up. */
const turnsOf = (rounds: number): readonly Omit<PeerTurn, 'figures'>[] =>
  Array.from({ length: rounds + 1 }, (_, round) => round).flatMap(round =>
    (round % 2 === 0 ? SYSTEMS : SYSTEMS.toReversed()).map(system => ({ round, system })),
  )

class Bench {
  readonly #world: World
  readonly #peer: BuiltPeer
  readonly #events: number
  readonly #say: (line: string) => void
  /** What each side published last. */
  #ours: Digests | undefined
  #theirs: Digests | undefined

  constructor(world: World, peer: BuiltPeer, events: number, say: (line: string) => void) {
    this.#world = world
    this.#peer = peer
    this.#events = events
    this.#say = say
  }

  /** @throws Error when what it published is not what the other side did */
  async take(round: number, system: System): Promise<Figures> {
    const admin = benchKafka(this.#world).admin()
    await admin.connect()
    try {
      const processes = PROCESSES[system]
      const figures =
        processes === undefined
          ? await this.#takePeer(admin, round)
          : await this.#takeOurs(admin, round, processes)
      const whole = (value: number) => Math.round(value).toLocaleString('en')
      this.#say(
        `round ${round}, ${system}: ${whole(figures.perSecond)} events/s, ${whole(figures.warmPerSecond)} warm`,
      )
      await this.#compare()
      return figures
    } finally {
      await admin.disconnect()
    }
  }

  equality(): string {
    const { canonical, deadLetter } = this.#theirs ?? this.#ours ?? {}
    return `Both published the same bytes: ${canonical?.records} canonical records and ${deadLetter?.records} dead letters, digests ${canonical?.digest} and ${deadLetter?.digest}.`
  }

  async #takeOurs(admin: BenchAdmin, round: number, processes: number): Promise<Figures> {
    const { groups } = await admin.listGroups()
    if (groups.some(({ groupId }) => groupId === GROUP)) await admin.deleteGroups([GROUP])
    await this.#anew(admin, OURS)
    const started = await Promise.all(
      Array.from({ length: processes }, (_, number) =>
        this.#world.start('services/normalizer/main.ts', {
          portVariable: 'NORMALIZER_PORT',
          readyPath: '/livez',
          env: {
            STATE_DIR: `${this.#world.directory}/state-${round}-${processes}-${number}`,
            PERSON_KEY_SECRET: SECRET,
          },
        }),
      ),
    )
    const hasFailed = () => (started.some(({ child }) => child.hasExited()) ? 'a normalizer has ended' : null)
    const figures = await this.#watch(
      admin,
      GROUP,
      started.map(({ pid }) => pid),
      hasFailed,
    )
    for (const process of started) await process.stop()
    this.#ours = await this.#published(OURS, this.#ours)
    return figures
  }

  async #takePeer(admin: BenchAdmin, round: number): Promise<Figures> {
    const stores = (await admin.listTopics()).filter(topic => topic.startsWith(`${APPLICATION}-`))
    await removeTopics(admin, stores)
    await this.#anew(admin, THEIRS)
    const application = `${APPLICATION}-${round}`
    const { version, git_sha } = readVersion(this.#world.env)
    const peer = await startPeer(this.#peer, this.#world.directory, {
      ...{ KAFKA_BROKERS: this.#world.env.KAFKA_BROKERS ?? '', APPLICATION_ID: application },
      ...{ TOPIC_RAW: RAW, TOPIC_CANONICAL: THEIRS.canonical, TOPIC_DEAD_LETTER: THEIRS.deadLetter },
      ...{ THREADS: String(THREADS), PERSON_KEY_SECRET: SECRET, SCHEMA_ID: String((await this.#codec()).id) },
      NORMALIZER_VERSION: `${version}+${git_sha?.slice(0, 12) ?? 'unknown'}`,
    })
    const hasFailed = () => (peer.child.hasExited() ? `Kafka Streams ${peer.lastWords()}` : null)
    const figures = await this.#watch(admin, application, [peer.child.pid], hasFailed).finally(peer.stop)
    this.#theirs = await this.#published(THEIRS, this.#theirs)
    return figures
  }

  #watch(admin: BenchAdmin, group: string, pids: readonly number[], hasFailed: () => string | null) {
    const { brokerPid } = this.#world
    const events = this.#events
    const onProgress = (done: number) =>
      this.#say(`  ${done.toLocaleString('en')} of ${events.toLocaleString('en')}`)
    return watch(admin, { group, topic: RAW, events, pids, brokerPid, hasFailed, onProgress })
  }

  /** Topics of one side, empty, and held as infra/topics.yaml says of ours. */
  async #anew(admin: BenchAdmin, outputs: Outputs): Promise<void> {
    const there = await admin.listTopics()
    await removeTopics(
      admin,
      Object.values(outputs).filter(topic => there.includes(topic)),
    )
    const all = readTopicsFile(sourceNames(), this.#world.env)
    const definitions = (['canonical', 'deadLetter'] as const).flatMap(kind =>
      all
        .filter(({ name }) => name === OURS[kind])
        .map(definition => ({ ...definition, name: outputs[kind] })),
    )
    await applyTopics(benchKafka(this.#world), definitions, PARTITIONS)
  }

  async #published(outputs: Outputs, before: Digests | undefined): Promise<Digests> {
    const digests = await digestsOf(benchKafka(this.#world), outputs)
    if (before !== undefined && !areEqual(before, digests))
      throw new Error(
        `two turns of one side published different records: ${JSON.stringify([before, digests])}`,
      )
    return digests
  }

  async #compare(): Promise<void> {
    if (this.#ours === undefined || this.#theirs === undefined || areEqual(this.#ours, this.#theirs)) return
    const { codec } = await this.#codec()
    const decode = (value: Buffer) => codec.decode(CANONICAL_CANDIDATE, value)
    const where = await differenceBetween(benchKafka(this.#world), PARTITIONS, decode)
    throw new Error(
      `our normalizer (here) and Kafka Streams (there) did not publish the same, so there is nothing to compare.\n${where}\n` +
        'A mapping that has changed changes in test/bench/kstreams/src, too.',
    )
  }

  async #codec() {
    const registry = createRegistryClient({ url: this.#world.env.SCHEMA_REGISTRY_URL ?? '' })
    await registry.registerSubjects()
    return { codec: createCodec(registry), id: registry.idOf(CANONICAL_CANDIDATE) }
  }
}
