import type { Attachment, PhoneNumber } from '../../../schemas/types.ts'
import {
  type ApplicationDraft,
  type CandidateDraft,
  emptyApplication,
  emptyCandidate,
  emptyJobRef,
} from '../../core/canonical.ts'
import { compositeApplicationId } from '../../core/identity.ts'
import { countryCode } from '../../core/reading/country.ts'
import { isSaid } from '../../core/reading/negation.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { httpUrl } from '../../core/reading/url.ts'
import { type Answered, furtherEmails, readAsked } from '../asked.ts'
import { plainLabel } from '../label-words.ts'
import { answerText, customFields, elementsOf, isId, membersOf, readMoment, scalarText } from '../lenient.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import { APPLICANTS, isApplicantsLabel } from './applicants.ts'
import { contactOf, locationOf, ZONE_IF_NAIVE } from './contact-and-place.ts'
import { educationsOf } from './education-history.ts'
import type { CandidateEvent, Attachment as SentFile, Vacancy } from './payload.ts'
import { Settings } from './settings.ts'
import { workExperiencesOf } from './work-history.ts'

type Payload = CandidateEvent['payload']

/** A candidate as sent, with all vacancies. Creation and update both carry the whole profile. */
export const toCandidate =
  (change: MappedCandidate['change']) =>
  (event: CandidateEvent, context: MapContext): MappedCandidate => {
    const { payload } = event
    const { job_source: jobSource } = Settings.parse(context.settings)
    const warnings = new Set<string>()
    const clockMs = readMoment(event['payload-information']?.timestamp ?? null, ZONE_IF_NAIVE, warnings)
    const vacancies = payload.vacancies.filter(({ id }) => isId(id))
    if (vacancies.length < payload.vacancies.length) warnings.add('JOB_ID_INVALID')
    const files = payload.attachments.map(toAttachment)
    // Which application a file belongs to is said nowhere; with one vacancy there is no choice.
    const isOfApplication = vacancies.length === 1
    const answers = ownFieldsOf(event).map(
      ([question, value]): Answered => ({
        ...{ question, answer: answerText(value), atMs: null },
      }),
    )
    const { educations, ...known } = readAsked(answers)
    const owner = payload.created_by && contactOf(payload.created_by, null)
    const draft: CandidateDraft = {
      ...emptyCandidate(payload.id),
      first_name: payload.firstname,
      last_name: payload.lastname,
      email: payload.email,
      further_emails: furtherEmails(answers, payload.email),
      phone_numbers: phoneNumbersOf(payload),
      location: locationOf(payload.location, payload.address, payload.country),
      headline: scalarText(payload.job_title),
      recruiter_notes: payload.background_info,
      communications_opt_out: optOutOf(payload.comms_status, warnings),
      source_channel: payload.source,
      owner,
      created_at: readMoment(payload.creation_date, ZONE_IF_NAIVE, warnings),
      work_experiences: workExperiencesOf(payload.work_history),
      ...known,
      educations: [...educationsOf(payload.education_history), ...educations],
      attachments: isOfApplication ? [] : files,
      applications: vacancies.map(vacancy => ({
        ...toApplication(payload, vacancy, jobSource),
        attachments: isOfApplication ? files : [],
        // Who added the candidate, or whose the vacancy is; of several vacancies nobody knows which.
        credited_to: isOfApplication ? owner : null,
      })),
      custom_fields: customFieldsOf(event),
    }
    return { type: 'candidate', change, clockMs, warnings: [...warnings], draft }
  }

/** The page knows `applied` and `unsubscribed`. What speaks of no contact, in whatever words, is read as a refusal. */
function optOutOf(status: string | null, warnings: Set<string>): boolean | null {
  if (status === null) return null
  const said = plainLabel(status)
    .replace(/[^a-z]+/g, ' ')
    .trim()
  if (said !== 'applied' && said !== 'unsubscribed') warnings.add('COMMS_STATUS_UNKNOWN')
  return isSaid(said, OPT_OUT)
}

const OPT_OUT =
  /\b(?:unsub\w*|desinscri\w*|desabonn\w*|avregistrera\w*|avprenumerera\w*|opt(?:ed|s|ing)? ?outs?|dnc|(?:do ?not ?|don t |never |no ?)(?:contact|communications?|disturb|e ?mails?|mail(?:ing)?s?|call|messages?|marketing)|ne pas contacter|kontakta (?:ej|inte)|stop|spam\w*|complain\w*|blocked|blacklisted|suppressed|removed|erased|withdrawn consent|consent withdrawn)\b/g

function toApplication(payload: Payload, vacancy: Vacancy, jobSource: string): ApplicationDraft {
  const jobId = vacancy.id ?? ''
  const sent = Array.isArray(vacancy.status) ? vacancy.status[0] : vacancy.status
  const status = membersOf(sent)
  // The field list says status_id and status_type, the example id and type; real bodies have had both.
  const plain = scalarText(sent)
  const isPlainId = /^[0-9]+$/.test(plain ?? '')
  const statusId = scalarText(status.id) ?? scalarText(status.status_id) ?? (isPlainId ? plain : null)
  const statusLabel =
    scalarText(status.label) ??
    scalarText(status.status_label) ??
    scalarText(status.name) ??
    (isPlainId ? null : plain)
  const isApplicant = statusId === null ? isApplicantsLabel(statusLabel) : statusId === APPLICANTS
  return {
    ...emptyApplication(compositeApplicationId(payload.id, jobId), {
      ...emptyJobRef(jobSource, jobId),
      reference: vacancy.reference,
      title: vacancy.title,
    }),
    id_basis: 'CANDIDATE_JOB',
    stage: isApplicant ? 'NEW' : 'UNKNOWN',
    status_id: statusId,
    status_label: statusLabel,
    status_group_raw: scalarText(status.type) ?? scalarText(status.status_type),
    origin: payload.source,
  }
}

const KINDS = new Map<string, Attachment['kind']>([
  ['cv_doc', 'RESUME'],
  ['image', 'IMAGE'],
  ['note', 'NOTE'],
  ['document', 'OTHER'],
])

function toAttachment(file: SentFile): Attachment {
  const url = httpUrl(file.file_link)
  return {
    external_id: file.file_id,
    kind: file.type === null ? 'UNKNOWN' : (KINDS.get(file.type.toLowerCase()) ?? 'OTHER'),
    kind_raw: file.type,
    file_name: file.filename,
    content_type: null,
    size_bytes: null,
    sha256: null,
    blob_uri: null,
    source_url: url,
    source_url_expires_at: null,
    storage_ref: null,
    extracted_text_blob_uri: null,
    fetch_status: url === null ? 'NOT_FETCHABLE' : 'NOT_ATTEMPTED',
  }
}

/** idibu is a British product; numbers come as they are dialled there, unless the candidate's record shows another country. */
const COUNTRY_OF_NUMBERS = 'GB'

function phoneNumbersOf(payload: Payload): PhoneNumber[] {
  const { country } = membersOf(payload.location)
  const place = scalarText(payload.address) ?? scalarText(payload.location)
  const code =
    countryCode(scalarText(payload.country)) ??
    countryCode(scalarText(country)) ??
    countryCode(place?.split(',').at(-1)?.trim() ?? null) ??
    COUNTRY_OF_NUMBERS
  const mobile = scalarText(payload.phone_mobile)
  const other = scalarText(payload.phone)
  return [
    ...(mobile === null ? [] : [phoneNumber(mobile, 'mobile', code)]),
    ...(other === null || other === mobile ? [] : [phoneNumber(other, null, code)]),
  ]
}

/** Published samples have the account's own fields inside the payload and beside it. */
const ownFieldsOf = ({ payload, custom_fields }: CandidateEvent): readonly (readonly [string, unknown])[] =>
  [payload.custom_fields, custom_fields].flatMap(elementsOf).flatMap(field => {
    const { name, value } = membersOf(field)
    const known = scalarText(name)
    return known === null ? [] : [[known, value] as const]
  })

function customFieldsOf(event: CandidateEvent): CandidateDraft['custom_fields'] {
  const { payload } = event
  return customFields({
    ...Object.fromEntries(ownFieldsOf(event)),
    comms_status: payload.comms_status,
    videos: payload.videos,
    created_by_group: payload.created_by?.group,
    created_by_subgroup: payload.created_by?.subgroup,
  })
}
