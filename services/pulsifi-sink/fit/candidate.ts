import { DateTime } from 'luxon'
import type { Application, Candidate } from '../../../schemas/types.ts'
import { pulsifiId } from '../../core/identity.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import { isEmail } from '../../core/reading/email.ts'
import type { BlockReason } from '../../core/reasons.ts'
import {
  CANDIDATE_DEADLINE_MONTHS_MAX,
  CANDIDATE_EMAIL_LENGTH_MAX,
  CANDIDATE_EXT_REFERENCE_ID_LENGTH_MAX,
  CANDIDATE_FIRST_NAME_LENGTH_MAX,
  CANDIDATE_JOB_ID_LENGTH_MAX,
  CANDIDATE_LAST_NAME_LENGTH_MAX,
} from '../../platform/pulsifi/limits.ts'
import type { CreateCandidateRequest, ResponsibilityFieldName } from '../../platform/pulsifi/pulsifi-api.ts'
import { fitCandidateSkills, fitWorkExperiences } from './background.ts'
import { type Adjustment, cutField, type Fit, withoutRepeats } from './fit.ts'
import { line } from './text.ts'

export interface CandidateFitOptions {
  /** Invite everyone anonymously: neither address nor names are sent. */
  readonly anonymous: boolean
  /** What to do with a candidate without an e-mail address or a name. An invalid address always blocks. */
  readonly onMissingIdentity: 'block' | 'anonymous'
  /** Days from `nowMs`; null leaves it to Pulsifi, which takes three months. */
  readonly inviteDeadlineDays: number | null
  /** Last day of the job, days since 1970-01-01: whoever answers later has applied for nothing. Null while nobody knows it. */
  readonly jobLastDay: number | null
  readonly nowMs: number
  readonly responsibilityFieldName: ResponsibilityFieldName
}

/**
 * A candidate's application as an invitation that Pulsifi takes. No placeholder ever stands for a name. Reasons:
 * `EMAIL_MISSING`, `EMAIL_INVALID`, `NAME_MISSING`, and `PULSIFI_JOB_ID_INVALID` for a binding made by hand that
 * cannot be a job id.
 */
export function fitCandidate(
  candidate: Candidate,
  application: Application,
  pulsifiJobId: string,
  options: CandidateFitOptions,
): Fit<CreateCandidateRequest> {
  const adjustments: Adjustment[] = []
  const identity = fitIdentity(candidate, options, adjustments)
  const reasons = [...identity.reasons]
  if (pulsifiJobId === '' || pulsifiJobId.length > CANDIDATE_JOB_ID_LENGTH_MAX) {
    reasons.push('PULSIFI_JOB_ID_INVALID')
  }
  if (reasons.length > 0) return { type: 'blocked', reasons }

  const skills = fitCandidateSkills(candidate.skills, adjustments)
  const work = fitWorkExperiences(
    candidate.work_experiences,
    options.responsibilityFieldName,
    options.nowMs,
    adjustments,
  )
  const deadline = deadlineOf(options, adjustments)
  return {
    type: 'fitted',
    request: {
      job_id: pulsifiJobId,
      ext_reference_id: extReferenceId(candidate, application),
      ...identity.fields,
      ...(skills.length > 0 && { skills }),
      ...(work.length > 0 && { work_experiences: work }),
      ...(deadline !== null && { deadline }),
    },
    adjustments: withoutRepeats(adjustments),
  }
}

/** `ext_reference_id` of an application at Pulsifi. */
export const extReferenceId = (
  { provenance }: Pick<Candidate, 'provenance'>,
  { external_id }: Pick<Application, 'external_id'>,
): string =>
  pulsifiId(provenance.source, provenance.tenant_id, external_id, CANDIDATE_EXT_REFERENCE_ID_LENGTH_MAX)

interface Identity {
  readonly reasons: readonly BlockReason[]
  readonly fields: Pick<
    CreateCandidateRequest,
    'is_anonymous_candidate' | 'email' | 'first_name' | 'last_name'
  >
}

const ANONYMOUS: Identity = { reasons: [], fields: { is_anonymous_candidate: true } }

function fitIdentity(
  candidate: Candidate,
  options: CandidateFitOptions,
  adjustments: Adjustment[],
): Identity {
  if (options.anonymous) return ANONYMOUS
  const email = candidate.email?.trim() ?? ''
  const names = namesOf(candidate)

  const missing: BlockReason[] = []
  if (email === '') missing.push('EMAIL_MISSING')
  if (names === null) missing.push('NAME_MISSING')
  const isValid = isEmail(email) && email.length <= CANDIDATE_EMAIL_LENGTH_MAX && email.isWellFormed()
  const invalid: readonly BlockReason[] = email === '' || isValid ? [] : ['EMAIL_INVALID']

  if (missing.length > 0 && invalid.length === 0 && options.onMissingIdentity === 'anonymous') {
    adjustments.push({ field: 'is_anonymous_candidate', rule: 'made-anonymous' })
    return ANONYMOUS
  }
  if (names?.isOne) adjustments.push({ field: names.missing, rule: 'repeated' })
  const fields = {
    is_anonymous_candidate: false,
    email,
    first_name: cutField(adjustments, 'first_name', names?.first ?? '', CANDIDATE_FIRST_NAME_LENGTH_MAX),
    last_name: cutField(adjustments, 'last_name', names?.last ?? '', CANDIDATE_LAST_NAME_LENGTH_MAX),
  }
  return { reasons: [...missing, ...invalid], fields }
}

/** Null without any name. Many people have one name only. */
function namesOf({ first_name, last_name }: Candidate) {
  const [first, last] = [line(first_name), line(last_name)]
  if (first === '' && last === '') return null
  const missing = first === '' ? 'first_name' : 'last_name'
  return { first: first || last, last: last || first, isOne: first === '' || last === '', missing } as const
}

/**
 * Later than now and a day inside Pulsifi's three months, which it counts by a clock of its own; else left out. With the
 * job's last day at the latest, unless that is over, and the person is invited nevertheless.
 */
function deadlineOf(
  { inviteDeadlineDays, jobLastDay, nowMs }: CandidateFitOptions,
  adjustments: Adjustment[],
): string | null {
  if (inviteDeadlineDays === null) return null
  const now = DateTime.fromMillis(nowMs, { zone: 'utc' })
  const wanted = now.plus({ days: inviteDeadlineDays }).startOf('second')
  const end = jobLastDay === null ? wanted : endOfDay(jobLastDay)
  const deadline = end > now && end < wanted ? end : wanted
  const latest = now.plus({ months: CANDIDATE_DEADLINE_MONTHS_MAX }).minus({ days: 1 })
  if (deadline > now && deadline <= latest) {
    if (deadline < wanted) adjustments.push({ field: 'deadline', rule: 'ends-with-job' })
    return deadline.toISO({ suppressMilliseconds: true })
  }
  adjustments.push({ field: 'deadline', rule: 'omitted' })
  return null
}

/** Its last second, UTC: nobody says in which zone the job ends. */
const endOfDay = (day: number): DateTime =>
  DateTime.fromMillis(day * DAY_MS, { zone: 'utc' })
    .endOf('day')
    .startOf('second')
