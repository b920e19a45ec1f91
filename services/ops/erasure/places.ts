/** Where a person was, and what has become of it there: from what topics and stores show. Pure. */
import type { Candidate, PulsifiInvitation } from '../../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INVITATION,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../core/topics.ts'

/**
 * removed: gone, from disk by `gone_by`. by-age: still there, and goes without anybody's doing by `gone_by`. kept: stays, and
 * `detail` says why. by-a-person: somebody has to act. elsewhere: cannot be seen from here. unfinished: should be gone, or
 * never goes, unless somebody mends something.
 */
export type PlaceState = 'removed' | 'by-age' | 'kept' | 'by-a-person' | 'elsewhere' | 'unfinished'

export interface Place {
  readonly place: string
  readonly state: PlaceState
  /** When it was removed, ISO 8601 in UTC; null where nothing was, or nobody knows. */
  readonly at: string | null
  readonly gone_by: string | null
  readonly detail: string
}

/** How the broker lets records of a topic go, ms; null where it does not, whatever infra/topics.yaml says. */
export interface TopicBounds {
  readonly retentionMs: number | null
  readonly compactedWithinMs: number | null
  /** What was written last stays for so long beside what may go. */
  readonly segmentMs: number
}
export type BoundsOf = (topic: string) => TopicBounds

/** What is left of something that is to be gone, and when what is gone went. */
export interface Remains {
  readonly left: number
  readonly atMs: number | null
}

/** Records with her data that only age removes, or that may have them. */
export interface Aging {
  readonly topic: string
  readonly records: number
  /** Null without records. */
  readonly lastMs: number | null
}

export interface Found {
  readonly canonical: { readonly record: Candidate | null; readonly atMs: number } | null
  readonly applications: readonly PulsifiInvitation[]
  readonly references: Remains
  readonly access: Remains
  readonly results: Remains
  readonly scores: Remains
  /** Changes of her applications, but that she was erased. */
  readonly history: Remains
  /** Held by their applications, or followed by them. */
  readonly claims: number
  readonly aging: readonly Aging[]
  /** Of which nobody can tell whose their records are: those that are as old as the deletion, or all where nobody knows when. */
  readonly unnamed: readonly Aging[]
  /** Records that ingress has on disk, whoever's; null when none answers. */
  readonly spool: number | null
  readonly blobs: number
  /** Rows of the console; null when none answers. */
  readonly console: number | null
}

export function placesOf(found: Found, boundsOf: BoundsOf, nowMs: number): readonly Place[] {
  const { canonical, applications, references, access, results, scores, history, aging, unnamed } = found
  const of = (topic: string, what: string, remains: Remains) =>
    compacted(`${topic}: ${what}`, remains, boundsOf(topic))
  return [
    canonicalPlace(canonical, boundsOf(CANONICAL_CANDIDATE)),
    of(PULSIFI_ACCESS, 'ways into the assessment', access),
    of(PULSIFI_RESULT, 'results', results),
    of(PULSIFI_SCORE, 'scores', scores),
    of(PULSIFI_STATUS, 'the history of applications', history),
    of(PULSIFI_REFERENCE, "Pulsifi's identifiers and invite codes", references),
    ledgerPlace(applications, boundsOf(PULSIFI_INVITATION)),
    claimsPlace(found.claims),
    blobsPlace(found.blobs),
    consolePlace(found.console),
    ...aging.map(item => agingPlace(item, boundsOf(item.topic), nowMs)),
    ...unnamed.map(item => agingPlace(item, boundsOf(item.topic), nowMs, UNNAMED)),
    spoolPlace(found.spool),
    ...ELSEWHERE,
    ...applications.flatMap(pulsifiPlace),
  ]
}

/** Nothing is left that should be gone, on disk neither. What a person must ask for elsewhere is no part of it. */
export const isComplete = (places: readonly Place[], nowMs: number): boolean =>
  places.every(place => place.state !== 'unfinished' && !isGoing(place, nowMs))

/** When it will be complete without anybody's doing, ISO 8601 in UTC; null when it is, or never will be. */
export function completeBy(places: readonly Place[], nowMs: number): string | null {
  if (places.some(({ state }) => state === 'unfinished')) return null
  const dates = places.flatMap(place => (isGoing(place, nowMs) ? [place.gone_by ?? ''] : []))
  return dates.sort().at(-1) ?? null
}

const isGoing = ({ state, gone_by }: Place, nowMs: number): boolean =>
  state === 'by-age' || (gone_by !== null && Date.parse(gone_by) > nowMs)

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

const goneFromDisk = (atMs: number | null, { compactedWithinMs, segmentMs }: TopicBounds): string | null =>
  atMs === null || compactedWithinMs === null ? null : iso(atMs + compactedWithinMs + segmentMs)

/** What a tombstone or a redacted record replaces stays on disk until the broker compacts: it must be bound to. */
function replaced(
  place: string,
  atMs: number | null,
  bounds: TopicBounds,
  done: Omit<Place, 'place' | 'gone_by'>,
): Place {
  if (atMs !== null && bounds.compactedWithinMs === null)
    return unfinished(
      place,
      'the broker keeps older versions for as long as it likes: give "ops -- topics apply"',
    )
  return { place, ...done, gone_by: goneFromDisk(atMs, bounds) }
}

function canonicalPlace(canonical: Found['canonical'], bounds: TopicBounds): Place {
  const place = `${CANONICAL_CANDIDATE}: the record`
  if (canonical === null)
    return { place, state: 'removed', at: null, gone_by: null, detail: 'the topic has no record of this key' }
  const { record, atMs } = canonical
  if (record !== null && record.lifecycle !== 'DELETED')
    return unfinished(place, 'not deleted: give "ops -- delete-candidate <key>" first')
  const detail = record === null ? 'a tombstone' : 'a marker without personal data, later a tombstone'
  return replaced(place, atMs, bounds, { state: 'removed', at: iso(atMs), detail })
}

function compacted(place: string, { left, atMs }: Remains, bounds: TopicBounds): Place {
  if (left > 0)
    return unfinished(place, `${left} are left: is the sink running, and has it read the deletion?`)
  const detail = atMs === null ? 'there are none' : 'tombstones'
  return replaced(place, atMs, bounds, { state: 'removed', at: iso(atMs), detail })
}

const OVER: ReadonlySet<string> = new Set(['SOURCE_DELETED', 'PULSIFI_ERASURE_REQUIRED'])

function ledgerPlace(applications: readonly PulsifiInvitation[], bounds: TopicBounds): Place {
  const place = `${PULSIFI_INVITATION}: the ledger`
  const open = applications.filter(
    ({ reasons, invitation_link, invite_code }) =>
      invitation_link !== null || invite_code !== null || !reasons.some(reason => OVER.has(reason)),
  )
  if (open.length > 0)
    return unfinished(place, `${open.map(item => item.application_key).join(', ')}: not erased yet`)
  const atMs = applications.length === 0 ? null : Math.max(...applications.map(item => item.occurred_at))
  const detail = `${applications.length} applications by their ids, so that nobody is invited again; older versions of the records go`
  return replaced(place, atMs, bounds, { state: 'kept', at: iso(atMs), detail })
}

const claimsPlace = (left: number): Place => ({
  ...{ place: `${PULSIFI_CLAIM}: claims`, at: null, gone_by: null },
  ...(left === 0
    ? { state: 'removed', detail: 'there are none' }
    : {
        state: 'kept',
        detail: `${left} by ids and person_key, for as long as another record of the person follows: else that one would be invited`,
      }),
})

const blobsPlace = (left: number): Place =>
  left === 0
    ? { place: 'files', state: 'removed', at: null, gone_by: null, detail: 'there are none' }
    : unfinished(
        'files',
        `${left} are left: the normalizer removes them when it starts, those of the last minute with the tombstone`,
      )

function consolePlace(rows: number | null): Place {
  const place = 'console: rows of person, result, score and status'
  if (rows === null)
    return {
      ...{ place, state: 'elsewhere', at: null, gone_by: null },
      detail: 'no console answered: it follows the topics as soon as it runs',
    }
  if (rows > 0) return unfinished(place, `${rows} rows are left: is it behind?`)
  return { place, state: 'removed', at: null, gone_by: null, detail: 'there are none' }
}

/** A broker looks for what is too old every five minutes, and deletes its files a minute later. */
const BROKER_LATE_MS = 3_600_000
/** What is said of records that bear her key. */
const NAMED = { none: 'there are none', some: 'as they came' }
const UNNAMED = {
  none: 'there are none as old as the deletion',
  some: 'as old as the deletion, and nobody can tell whose',
}

function agingPlace(
  { topic, records, lastMs }: Aging,
  { retentionMs, segmentMs }: TopicBounds,
  nowMs: number,
  words = NAMED,
): Place {
  if (lastMs === null) return { place: topic, state: 'removed', at: null, gone_by: null, detail: words.none }
  const detail = `${records} records ${words.some}, the last of ${iso(lastMs)}`
  if (retentionMs === null)
    return unfinished(topic, `${detail}: the broker removes none by age, give "ops -- topics apply"`)
  const goneByMs = lastMs + retentionMs + segmentMs
  if (nowMs > goneByMs + BROKER_LATE_MS)
    return unfinished(
      topic,
      `${detail}: they should have gone by ${iso(goneByMs)}, look at the broker's cleaning`,
    )
  return { place: topic, state: 'by-age', at: null, gone_by: iso(goneByMs), detail }
}

function spoolPlace(records: number | null): Place {
  const place = 'SPOOL_DIR of ingress'
  if (records === null)
    return {
      ...{ place, state: 'elsewhere', at: null, gone_by: null },
      detail: 'no ingress answered: encrypted, and empty unless Kafka was away. "/readyz?verbose" tells',
    }
  if (records === 0) return { place, state: 'removed', at: null, gone_by: null, detail: 'it is empty' }
  return unfinished(
    place,
    `${records} records wait there, and nobody can tell whose: they go to the raw topics, then ask again`,
  )
}

const ELSEWHERE: readonly Place[] = (
  [
    [
      'STATE_DIR of normalizer and pulsifi-sink',
      'entries go with the records above; freed pages hold old bytes until they are written over. To be certain, stop the process, delete the folder, start: it is made again from the topics',
    ],
    ['CONSOLE_DB', 'as STATE_DIR: freed blocks hold old bytes until they are written over'],
    [
      'warehouse and other consumers',
      'the DELETED record, the tombstones and the markers on pulsifi.score.v1 and pulsifi.status.v1 tell them; the connectors of this project remove the rows, and start:warehouse has disk, statistics and log of PostgreSQL forget them within WAREHOUSE_FORGET_HOURS. It says what it has no right to',
    ],
    ['exports', 'each file was removed when it was sent; what was downloaded is where it was taken to'],
  ] as const
).map(([place, detail]) => ({ place, state: 'elsewhere', at: null, gone_by: null, detail }))

function pulsifiPlace(item: PulsifiInvitation): readonly Place[] {
  const { pulsifi_candidate_id: id, ext_reference_id: reference, reasons, application_key } = item
  if (!reasons.includes('PULSIFI_ERASURE_REQUIRED')) return []
  const what =
    id === null
      ? `whoever has the ext_reference_id ${reference}, if anybody`
      : `candidate ${id} (${reference})`
  return [
    {
      ...{ place: `Pulsifi: ${application_key}`, state: 'by-a-person', at: null, gone_by: null },
      detail: `Pulsifi has no such route: ask it to erase ${what}, with results and reports`,
    },
  ]
}

const unfinished = (place: string, detail: string): Place => ({
  ...{ place, state: 'unfinished', at: null, gone_by: null },
  detail,
})
