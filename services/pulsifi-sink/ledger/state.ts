/** What the sink keeps of one partition, by name: the store's keys, and how each is read. */
import type {
  Application,
  Candidate,
  Job,
  PulsifiAccess,
  PulsifiClaim,
  PulsifiInvitation,
  PulsifiJobBinding,
  PulsifiResult,
} from '../../../schemas/types.ts'
import { entityKey, isUsableKey, KEY_SEPARATOR, partsOfKey } from '../../core/identity.ts'
import type { ReasonCode } from '../../core/reasons.ts'
import type { State, StoreEntry } from '../../platform/partitions/processor.ts'
import { withAccess } from './access.ts'

const join = (...parts: readonly string[]): string => parts.join(KEY_SEPARATOR)

export const jobKey = (key: string) => join('job', key)
export const candidateKey = (key: string) => join('candidate', key)
export const bindingKey = (key: string) => join('binding', key)
export const invitationKey = (key: string) => join('invitation', key)
export const resultKey = (key: string) => join('result', key)
export const accessKey = (key: string) => join('access', key)
export const claimKey = (key: string) => join('claim', key)

// Each cast is sound because only the tables of `tables.ts` write under its prefix.
export const jobOf = (state: State, key: string) => state.get(jobKey(key)) as Job | undefined
export const candidateOf = (state: State, key: string) =>
  state.get(candidateKey(key)) as Candidate | undefined
export const bindingOf = (state: State, key: string) =>
  state.get(bindingKey(key)) as PulsifiJobBinding | undefined
export const accessOf = (state: State, key: string) => state.get(accessKey(key)) as PulsifiAccess | undefined
/** With its way into the assessment, which only who was invited has. */
export function invitationOf(state: State, key: string): PulsifiInvitation | undefined {
  const record = state.get(invitationKey(key)) as PulsifiInvitation | undefined
  return record?.outcome === 'INVITED' ? withAccess(record, accessOf(state, key)) : record
}
/** The newest result of an application: a repeat is recognised by it, and whoever follows later gets it. */
export const resultOf = (state: State, key: string) => state.get(resultKey(key)) as PulsifiResult | undefined
/** Who holds a claim, or that an application follows another one, by the key of the record. */
export const claimOf = (state: State, key: string) => state.get(claimKey(key)) as PulsifiClaim | undefined

/** Who follows an application, with the keys of their records. */
export function* followersOf(
  state: State,
  applicationKey: string,
): Iterable<readonly [key: string, follower: PulsifiClaim]> {
  // Cast: as above.
  for (const [key, follower] of state.scan(claimKey(join(applicationKey, ''))))
    yield [key.slice(claimKey('').length), follower as PulsifiClaim]
}

export const allCandidates = (state: State): Iterable<string> => membersOf(state, candidateKey(''))
export const isFollowed = (state: State, applicationKey: string): boolean =>
  followersOf(state, applicationKey)[Symbol.iterator]().next().done === false

const OPEN_INVITATION = 'open-invitation'
const OPEN_BINDING = 'open-binding'
const UNCLAIMED = 'unclaimed'
const BY_CANDIDATE = 'by-candidate'
const BY_JOB = 'by-job'
const BY_REFERENCE = 'by-reference'

/** Applications that something can still happen to without their candidate. */
export const openApplications = (state: State): Iterable<string> =>
  membersOf(state, join(OPEN_INVITATION, ''))
/** Applications for which Pulsifi may have a candidate, and which claim nothing: an older version called for them. */
export const unclaimedApplications = (state: State): Iterable<string> => membersOf(state, join(UNCLAIMED, ''))
/** Jobs that wait for Pulsifi, or for an account there. */
export const openJobs = (state: State): Iterable<string> => membersOf(state, join(OPEN_BINDING, ''))
/** Applications of a candidate, also when its record no longer names them. */
export const applicationsOf = (state: State, candidate: string): string[] => [
  ...membersOf(state, join(BY_CANDIDATE, candidate, '')),
]
/**
 * Applications whose decision depends, or once depended, on a job, by its key or by its reference in the place of an
 * id. One may come twice.
 */
export function* dependingOnJob(state: State, job: string): Iterable<string> {
  yield* membersOf(state, join(BY_JOB, job, ''))
  yield* membersOf(state, join(BY_REFERENCE, job, ''))
}

function* membersOf(state: State, prefix: string): Iterable<string> {
  for (const [key] of state.scan(prefix)) yield key.slice(prefix.length)
}

/** Outcomes that a changed candidate, job or binding can change. */
export const isUndecided = ({ outcome }: PulsifiInvitation): boolean =>
  outcome === 'WAITING' || outcome === 'BLOCKED' || outcome === 'SKIPPED'

/** Statuses after which Pulsifi has nothing more to tell. */
export const isFinalStatus = (status: string | null): boolean =>
  status === 'completed' || status === 'expired'

/** Reasons that a job or an account can take away while nobody owns the partition. */
const OF_OTHERS = /^(?:JOB_|SPONTANEOUS_JOB$|NOT_ACTIVE_JOB$|PULSIFI_ACCOUNT_MISSING$)/

function isOpenInvitation({ outcome, status, reasons }: PulsifiInvitation): boolean {
  if (outcome === 'WAITING' || outcome === 'INTENDED') return true
  if (outcome === 'INVITED') return !isFinalStatus(status)
  return (outcome === 'BLOCKED' || outcome === 'SKIPPED') && reasons.some(reason => OF_OTHERS.test(reason))
}

const ERASURE_REQUIRED: ReasonCode = 'PULSIFI_ERASURE_REQUIRED'
const CALLED_FOR: ReadonlySet<string> = new Set(['INTENDED', 'INVITED', 'AMBIGUOUS'])

/** Whoever was erased claims nothing, unless others follow. */
export const isUnclaimed = ({ outcome, claims, reasons }: PulsifiInvitation): boolean =>
  CALLED_FOR.has(outcome) && claims.length === 0 && !reasons.includes(ERASURE_REQUIRED)

/** The record, and what changes in the indexes that lead to it: restoring a ledger writes little else. */
export function invitationEntries(
  key: string,
  record: PulsifiInvitation | null,
  known: PulsifiInvitation | undefined,
): StoreEntry[] {
  const [before, after] = [indexesOf(key, known), indexesOf(key, record ?? undefined)]
  return [
    [invitationKey(key), record ?? undefined],
    ...before.filter(name => !after.includes(name)).map((name): StoreEntry => [name, undefined]),
    ...after.filter(name => !before.includes(name)).map((name): StoreEntry => [name, true]),
  ]
}

const indexesOf = (key: string, record: PulsifiInvitation | undefined): string[] =>
  record === undefined
    ? []
    : [
        join(BY_CANDIDATE, record.candidate_key, key),
        ...(isUndecided(record) ? [join(BY_JOB, record.job_key, key)] : []),
        ...(isOpenInvitation(record) ? [join(OPEN_INVITATION, key)] : []),
        ...(isUnclaimed(record) ? [join(UNCLAIMED, key)] : []),
      ]

/**
 * The reference by which an application names a job of another source, whose ids its own source may not have. Of jobs
 * of the same source the id is known, and a reference need not be unique.
 */
export function foreignReference({ provenance }: Candidate, { job }: Application): string | null {
  const { source } = partsOfKey(job.job_key)
  return source === provenance.source || !isUsableKey(job.reference ?? '') ? null : job.reference
}

/** The record, and where its applications are found by what they call their jobs. */
export const candidateEntries = (
  key: string,
  record: Candidate | null,
  known: Candidate | undefined,
): StoreEntry[] => [
  ...referenceEntries(known ?? null, undefined),
  ...referenceEntries(record, true),
  [candidateKey(key), record ?? undefined],
]

const referenceEntries = (candidate: Candidate | null, value: true | undefined): StoreEntry[] =>
  (candidate?.applications ?? []).flatMap((application): StoreEntry[] => {
    const reference = candidate && foreignReference(candidate, application)
    const { source, tenant } = partsOfKey(application.job.job_key)
    return reference === null
      ? []
      : [[join(BY_REFERENCE, entityKey(source, tenant, reference), application.application_key), value]]
  })

/** The record, and whether its job waits for Pulsifi, or for an account there. */
export const bindingEntries = (key: string, record: PulsifiJobBinding | null): StoreEntry[] => [
  [bindingKey(key), record ?? undefined],
  [join(OPEN_BINDING, key), record !== null && isOpenBinding(record) ? true : undefined],
]

const isOpenBinding = (record: PulsifiJobBinding): boolean =>
  record.state === 'WANTED' || record.state === 'PENDING' || isWithoutAccount(record)

/** Blocked by an instance that knew of no account of the tenant; another one may know of it. */
export const isWithoutAccount = ({ state, block_reasons }: PulsifiJobBinding): boolean =>
  state === 'BLOCKED' && block_reasons.includes('PULSIFI_ACCOUNT_MISSING')
