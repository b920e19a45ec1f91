import type { Answer, ApplicationStage, Attachment } from '../../../schemas/types.ts'
import { emptyApplication, emptyCandidate, emptyJobRef } from '../../core/canonical.ts'
import { companyWarnings } from '../../core/companies.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { prose } from '../../core/reading/text.ts'
import { type Answered, readAsked } from '../asked.ts'
import { answerText, customFields, membersOf } from '../lenient.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import { countryOfPlace } from './country-of-place.ts'
import { filesOf, isFile, textsOf } from './map-files.ts'
import type { CandidateEvent, JobylonAnswer, JobylonCandidate } from './payload.ts'
import { isWordForRejected, REJECTED } from './rejected.ts'
import { Settings } from './settings.ts'

/** A Jobylon candidate is one application: results are posted back to it, and there is no id of the person. */
export function toCandidate(
  { company, candidate, job }: CandidateEvent['data'],
  context: MapContext,
): MappedCandidate {
  const { email, phone_number: phone, internal_id: internalId } = candidate
  const attachments = filesOf(candidate, context.receivedAtMs)
  const allowed = allowedData(candidate, context)
  const application = job && {
    ...emptyApplication(candidate.id, {
      ...emptyJobRef('jobylon', job.id),
      reference: job.requisition?.identifier ?? null,
      title: job.title,
    }),
    ...statusOf(candidate),
    cover_message: prose(candidate.message).text,
    answers: candidate.answers.map(toAnswer),
    attachments,
    requested_by: requestedBy(candidate),
    company_id: company?.id ?? null,
    custom_fields: customFields(Object.fromEntries(allowed.map(([name, value]) => [`data.${name}`, value]))),
  }
  return {
    type: 'candidate',
    change: 'created',
    clockMs: null,
    warnings: [
      ...warningsOf(attachments),
      ...(job === null ? ['JOB_ID_MISSING'] : []),
      ...companyWarnings(context, company?.id ?? null),
    ],
    draft: {
      ...emptyCandidate(candidate.id),
      alternate_ids: internalId ? { internal_id: internalId } : {},
      identity_basis: 'APPLICATION_ID',
      first_name: candidate.first_name,
      last_name: candidate.last_name,
      email,
      phone_numbers: phone ? [phoneNumber(phone, null, job && countryOf(job))] : [],
      ...readAsked(
        allowed.map(([question, value]): Answered => ({ question, answer: answerText(value), atMs: null })),
      ),
      attachments: application === null ? attachments : [],
      applications: application === null ? [] : [application],
    },
  }
}

/** Whoever applies for a job writes the number as it is dialled there. */
const countryOf = ({ locations }: NonNullable<CandidateEvent['data']['job']>): string | null =>
  locations.map(countryOfPlace).find(code => code !== null) ?? null

/** The vendor's table of status groups. */
const STAGES: ReadonlyMap<string, ApplicationStage> = new Map([
  ['0', 'NEW'],
  ['1', 'IN_PROGRESS'],
  ['19', 'REJECTED'],
  ['20', 'HIRED'],
  ['21', 'ON_HOLD'],
])

function statusOf({ status }: JobylonCandidate) {
  if (!status) return {}
  return {
    stage: STAGES.get(status.group ?? '') ?? 'UNKNOWN',
    status_id: status.id,
    status_label: status.name,
    status_group_raw: status.group,
    reject_reason: status.group === REJECTED && !isWordForRejected(status.name) ? status.name : null,
  } as const
}

/** The wording of a question is not sent. A file's address is a secret and stands in the attachments alone. */
function toAnswer(answer: JobylonAnswer): Answer {
  return {
    id: answer.id,
    question_id: answer.question_id,
    question: null,
    answer_type: answer.answer_type,
    value_id: null,
    value: isFile(answer) ? null : textsOf(answer).join('\n') || null,
    is_file: isFile(answer),
  }
}

function requestedBy({ request_author: author }: JobylonCandidate) {
  if (!author) return null
  return {
    external_id: null,
    account_id: null,
    role: null,
    first_name: author.first_name,
    last_name: author.last_name,
    email: author.email,
  }
}

function allowedData({ data }: JobylonCandidate, context: MapContext): (readonly [string, unknown])[] {
  const names = new Set(Settings.parse(context.settings).data_keys)
  return Object.entries(membersOf(data)).filter(([name]) => names.has(name))
}

const warningsOf = (attachments: readonly Attachment[]): string[] => [
  ...(attachments.some(({ source_url }) => source_url === null) ? ['FILE_URL_INVALID'] : []),
]
