/** Reads everything that may be about one person: the topics in two passes, files, and the console's rows. */
import { z } from 'zod'
import type { PulsifiInvitation, PulsifiReference } from '../../../schemas/types.ts'
import { blobPrefix } from '../../core/blob.ts'
import { partsOfKey } from '../../core/identity.ts'
import {
  CANONICAL_CANDIDATE,
  deadLetterTopic,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
  redriveTopic,
} from '../../core/topics.ts'
import { BlobSettings, openBlobStore } from '../../platform/blobs/settings.ts'
import { ConsoleSettings } from '../../platform/duckdb/settings.ts'
import { createPartitionOf } from '../../platform/kafka/partition-of.ts'
import { loadConfig } from '../../platform/process/config.ts'
import type { TopicRecord } from '../../platform/readers/topic-reader.ts'
import { decode, read, readTable, type Session } from '../cli/session.ts'
import { askConsole } from '../sql/ask-console.ts'
import type { Aging, Found, Remains } from './places.ts'
import { recordsInSpools } from './spools.ts'

/** Topics of which age alone removes records. */
const ENTITY_TOPICS = [
  PULSIFI_INBOX,
  deadLetterTopic('normalizer'),
  deadLetterTopic('pulsifi-sink'),
  redriveTopic('normalizer'),
  redriveTopic('pulsifi-sink'),
]
/** Nobody could read what they hold, or tell whose it is. */
const UNNAMED = [deadLetterTopic('ingress')]

export async function lookEverywhere(session: Session, key: string): Promise<Found> {
  const partition = createPartitionOf(session.partitions)(key)
  const ledger = await readTable(session, PULSIFI_INVITATION, { partitions: [partition] })
  const applications = [...ledger.values()].flatMap(({ record }) =>
    record.candidate_key === key ? [record] : [],
  )
  const aging = [rawTopic(partsOfKey(key).source), ...ENTITY_TOPICS]
  const tally = new Tally(key, applications, [...aging, PULSIFI_RAW])
  const topics = [
    CANONICAL_CANDIDATE,
    PULSIFI_ACCESS,
    PULSIFI_RESULT,
    PULSIFI_SCORE,
    PULSIFI_STATUS,
    PULSIFI_REFERENCE,
  ]
  const own = [...topics, ...aging]
  const here = { topics: own, partitions: [partition], from: 'beginning' } as const
  for await (const record of read(session, 'its partition', here)) await tally.add(session, record)
  // A callback has a key of its own, and so has what became of it.
  const callbacks = [PULSIFI_RAW, deadLetterTopic('pulsifi-sink'), redriveTopic('pulsifi-sink')]
  if (applications.length > 0)
    for await (const record of read(session, 'callbacks', { topics: callbacks, from: 'beginning' }))
      tally.addCallback(record)
  return {
    ...tally.result(),
    applications,
    claims: await claimsOf(session, applications),
    unnamed: await unnamedOf(session, tally.deletedMs),
    spool: await recordsInSpools(session),
    blobs: await blobsOf(session, key),
    console: await consoleRows(session, key, applications),
  }
}

/** Those that may be hers: what came after she was deleted is somebody else's. */
async function unnamedOf(session: Session, deletedMs: number | null): Promise<readonly Aging[]> {
  const found = new Map(UNNAMED.map(topic => [topic, { records: 0, lastMs: null as number | null }]))
  for await (const { topic, timestampMs } of read(session, 'what nobody could read', {
    topics: UNNAMED,
    from: 'beginning',
  })) {
    const known = found.get(topic)
    if (known === undefined || timestampMs > (deletedMs ?? Number.POSITIVE_INFINITY)) continue
    found.set(topic, { records: known.records + 1, lastMs: Math.max(known.lastMs ?? 0, timestampMs) })
  }
  return [...found].map(([topic, rest]) => ({ topic, ...rest }))
}

/** Of a kind of record that a tombstone removes: which are there, and when the last one went. */
class Kept {
  readonly #live = new Set<string>()
  #goneMs: number | null = null

  add(key: string, isThere: boolean, timestampMs: number): void {
    if (isThere) this.#live.add(key)
    else if (this.#live.delete(key)) this.gone(timestampMs)
  }
  gone(timestampMs: number): void {
    this.#goneMs = Math.max(this.#goneMs ?? 0, timestampMs)
  }
  clear(): void {
    this.#live.clear()
  }
  get remains(): Remains {
    return { left: this.#live.size, atMs: this.#goneMs }
  }
}

/** Records of several applications, each under a key of its own. */
class KeptByApplication {
  readonly #kept: ReadonlyMap<string, Kept>

  constructor(applications: ReadonlySet<string>) {
    this.#kept = new Map([...applications].map(application => [application, new Kept()]))
  }

  /** @param application undefined for a tombstone: of one record, or, under the key of an application, of all */
  add(key: string, application: string | undefined, timestampMs: number): void {
    if (application !== undefined) return this.#kept.get(application)?.add(key, true, timestampMs)
    const marked = this.#kept.get(key)
    marked?.clear()
    marked?.gone(timestampMs)
    for (const kept of this.#kept.values()) kept.add(key, false, timestampMs)
  }
  get remains(): Remains {
    const all = [...this.#kept.values()].map(({ remains }) => remains)
    const times = all.flatMap(({ atMs }) => (atMs === null ? [] : [atMs]))
    return {
      left: all.reduce((sum, { left }) => sum + left, 0),
      atMs: times.length === 0 ? null : Math.max(...times),
    }
  }
}

/** Reads each record once, in the order of its topic. */
class Tally {
  readonly #key: string
  readonly #applications: ReadonlySet<string>
  readonly #identifiers: readonly string[]
  #canonical: Found['canonical'] = null
  readonly #access = new Kept()
  readonly #results = new Kept()
  readonly #references = new Kept()
  readonly #scores: KeptByApplication
  readonly #history: KeptByApplication
  readonly #aging: ReadonlyMap<string, { readonly places: Set<string>; lastMs: number | null }>

  /** @param aging topics of which age alone removes records */
  constructor(key: string, applications: readonly PulsifiInvitation[], aging: readonly string[]) {
    this.#key = key
    this.#aging = new Map(aging.map(topic => [topic, { places: new Set(), lastMs: null }]))
    this.#applications = new Set(applications.map(item => item.application_key))
    this.#identifiers = applications.flatMap(item =>
      [item.ext_reference_id, item.pulsifi_candidate_id].filter(name => name !== null),
    )
    this.#scores = new KeptByApplication(this.#applications)
    this.#history = new KeptByApplication(this.#applications)
  }

  async add(session: Session, record: TopicRecord): Promise<void> {
    const { topic, key, value, timestampMs } = record
    if (key === null) return
    switch (topic) {
      case CANONICAL_CANDIDATE:
        if (key !== this.#key) return
        this.#canonical = { record: (await decode(session, topic, value)) ?? null, atMs: timestampMs }
        return
      case PULSIFI_ACCESS:
        return this.#addOfApplication(this.#access, key, value !== null, timestampMs)
      case PULSIFI_RESULT:
        return this.#addOfApplication(this.#results, key, value !== null, timestampMs)
      case PULSIFI_REFERENCE:
        return this.#addReference(key, await decode(session, topic, value), timestampMs)
      case PULSIFI_SCORE:
        return this.#scores.add(key, (await decode(session, topic, value))?.application_key, timestampMs)
      case PULSIFI_STATUS: {
        const change = await decode(session, topic, value)
        // That the person was erased is all that may be left.
        if (change?.to !== 'erased') this.#history.add(key, change?.application_key, timestampMs)
        return
      }
      default:
        if (key === this.#key || this.#applications.has(key)) this.#age(record)
    }
  }

  addCallback(record: TopicRecord): void {
    const { key, value } = record
    const isKnown = key === this.#key || (key !== null && this.#applications.has(key))
    if (!isKnown && value !== null && this.#identifiers.some(name => value.includes(name))) this.#age(record)
  }

  /** When everything of hers was asked to go; null where no record says so. */
  get deletedMs(): number | null {
    const { record = null, atMs = null } = this.#canonical ?? {}
    const isDeleted = this.#canonical !== null && (record === null || record.lifecycle === 'DELETED')
    const times = [isDeleted ? atMs : null, this.#results.remains.atMs, this.#scores.remains.atMs]
    const known = times.flatMap(time => (time === null ? [] : [time]))
    return known.length === 0 ? null : Math.max(...known)
  }

  result(): Pick<Found, 'canonical' | 'references' | 'access' | 'results' | 'scores' | 'history' | 'aging'> {
    return {
      canonical: this.#canonical,
      references: this.#references.remains,
      access: this.#access.remains,
      results: this.#results.remains,
      scores: this.#scores.remains,
      history: this.#history.remains,
      aging: [...this.#aging].map(([topic, { places, lastMs }]) => ({ topic, records: places.size, lastMs })),
    }
  }

  #addOfApplication(kept: Kept, key: string, isThere: boolean, timestampMs: number): void {
    if (!this.#applications.has(key)) return
    kept.add(key, isThere, timestampMs)
    if (!isThere) kept.gone(timestampMs)
  }

  /** Our own reference stays, as the ledger does: it keeps others from being invited for the application. */
  #addReference(key: string, known: PulsifiReference | undefined, timestampMs: number): void {
    const isOurs = known?.kind === 'EXT_REFERENCE_ID' || known?.kind === 'ERASED'
    const isOfAnother = known !== undefined && !this.#applications.has(known.application_key)
    if (!isOurs && !isOfAnother) this.#references.add(key, known !== undefined, timestampMs)
  }

  #age({ topic, partition, offset, timestampMs }: TopicRecord): void {
    const known = this.#aging.get(topic)
    if (known === undefined) throw new Error(`${topic} is no topic of which age alone removes records`)
    known.places.add(`${partition}/${offset}`)
    known.lastMs = Math.max(known.lastMs ?? 0, timestampMs)
  }
}

/** They stand with their own key, in any partition. */
async function claimsOf(session: Session, applications: readonly PulsifiInvitation[]): Promise<number> {
  if (applications.length === 0) return 0
  const keys = new Set(applications.map(item => item.application_key))
  const claims = await readTable(session, PULSIFI_CLAIM)
  return [...claims.values()].filter(({ record }) => keys.has(record.application_key)).length
}

async function blobsOf({ env, signal }: Session, key: string): Promise<number> {
  const store = await openBlobStore(loadConfig(z.object(BlobSettings), env))
  await store.check()
  const prefix = blobPrefix(partsOfKey(key).tenant, key)
  let count = 0
  for await (const { uri } of store.list()) {
    if (signal.aborted) break
    if (uri.startsWith(prefix)) count++
  }
  return count
}

/** Null when no console answers. */
async function consoleRows(
  { env, signal }: Session,
  key: string,
  applications: readonly PulsifiInvitation[],
): Promise<number | null> {
  const { CONSOLE_PORT, CONSOLE_TOKEN } = loadConfig(z.object(ConsoleSettings), env)
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`
  const keys = [key, ...applications.map(item => item.application_key)].map(text).join(', ')
  const sql = `SELECT (SELECT count(*) FROM person WHERE candidate_key IN (${keys}))
    + (SELECT count(*) FROM result WHERE application_key IN (${keys}) AND status IS NOT NULL)
    + (SELECT count(*) FROM score WHERE application_key IN (${keys}))
    + (SELECT count(*) FROM status WHERE application_key IN (${keys}) AND to_state <> 'erased')`
  const url = new URL(`http://127.0.0.1:${CONSOLE_PORT}`)
  const answer = await askConsole({ url, token: CONSOLE_TOKEN, sql, limit: 1 }, signal).catch(() => null)
  const count = answer?.rows[0]?.[0]
  return typeof count === 'number' ? count : null
}
