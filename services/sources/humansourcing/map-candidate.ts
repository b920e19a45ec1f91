import type { PhoneNumber } from '../../../schemas/types.ts'
import { type ApplicationDraft, type CandidateDraft, emptyCandidate } from '../../core/canonical.ts'
import { entityKey } from '../../core/identity.ts'
import { phoneNumber } from '../../core/reading/phone.ts'
import { furtherEmails, plainQuestion, readAsked } from '../asked.ts'
import { civilityOf } from '../civility.ts'
import { customFields, isId, named, readMoment, scalarText } from '../lenient.ts'
import type { MapContext, MappedCandidate } from '../source.ts'
import { type DatedAction, type FilesOf, filesOf, newestFirst, toActivity, ZONE_IF_NAIVE } from './actions.ts'
import { answersIn, latestForm, toApplication } from './map-application.ts'
import type { CandidateEvent, Form } from './payload.ts'
import { Settings } from './settings.ts'

type CandidateData = CandidateEvent['data']

/** Numbers come as they are dialled in France. */
const COUNTRY_OF_NUMBERS = 'FR'

/** A candidate as sent, with the whole history. Creation and update both carry all of it. */
export const toCandidate =
  (change: MappedCandidate['change']) =>
  ({ data }: CandidateEvent, context: MapContext): MappedCandidate => {
    const settings = Settings.parse(context.settings)
    const warnings = new Set<string>()
    const clockMs = readMoment(data.latest_action, ZONE_IF_NAIVE, warnings)
    const kept = filesOf(context.tenant, entityKey('humansourcing', context.tenant, data.id))
    const history = newestFirst(data.action, warnings)
    const personal = history.filter(dated => !isId(jobIdOf(dated)))
    if (personal.some(dated => jobIdOf(dated) !== null)) warnings.add('JOB_ID_INVALID')
    const form = latestForm(history, settings)
    const identity = identityOf(data, form?.action.form ?? null, warnings)
    const draft: CandidateDraft = {
      ...emptyCandidate(data.id),
      alternate_ids: data.id_company === null ? {} : { id_company: data.id_company },
      ...identity,
      further_emails: furtherEmails(history.flatMap(answersIn), identity.email),
      ...readAsked(form ? answersIn(form) : []),
      phone_numbers: phoneNumbersOf(data),
      tags: tagsOf(data.tags, warnings),
      attachments: personal.flatMap(({ action }) => kept(action)),
      applications: applicationsOf(data.id, history, settings, kept),
      custom_fields: customFields({ activities: activitiesOf(personal, settings, kept) }),
    }
    return { type: 'candidate', change, clockMs, warnings: [...warnings], draft }
  }

const jobIdOf = ({ action }: DatedAction): string | null => action.poste?.id ?? null

/** Actions that concern no job: their files are the person's, and the record has no list of a person's activities. */
const activitiesOf = (personal: readonly DatedAction[], settings: Settings, kept: FilesOf) =>
  personal.map(dated => ({ ...toActivity(dated, settings, kept), attachments: [] }))

function applicationsOf(
  candidateId: string,
  history: readonly DatedAction[],
  settings: Settings,
  kept: FilesOf,
): ApplicationDraft[] {
  const jobIds = new Set(history.map(jobIdOf).filter(isId))
  return [...jobIds].map(jobId =>
    toApplication(
      candidateId,
      jobId,
      history.filter(dated => jobIdOf(dated) === jobId),
      settings,
      kept,
    ),
  )
}

type Identity = Pick<CandidateDraft, 'first_name' | 'last_name' | 'email' | 'civility' | 'civility_raw'>

/** What the person wrote into the form stands in for what is missing on top. */
function identityOf(data: CandidateData, form: Form | null, warnings: Set<string>): Identity {
  const orAnswer = (value: string | null, question: RegExp): string | null => {
    if (value !== null) return value
    const answer = answerTo(form, question)
    if (answer !== null) warnings.add('IDENTITY_FROM_FORM')
    return answer
  }
  const email = orAnswer(data.email, QUESTIONS.email)
  const civility = answerTo(form, QUESTIONS.civility)
  return {
    first_name: orAnswer(data.first_name, QUESTIONS.firstName),
    last_name: orAnswer(data.last_name, QUESTIONS.lastName),
    email,
    civility: civilityOf(civility),
    civility_raw: civility,
  }
}

function answerTo(form: Form | null, question: RegExp): string | null {
  const input = form?.input.find(asked => question.test(plainQuestion(asked.question ?? '')))
  return scalarText(input?.answer)
}

/** How forms ask for what a candidate's record has fields for. */
const QUESTIONS = {
  email:
    /^(?:(?:adresse )?(?:e ?mail|mail|courriel|mel)|adresse(?: de)? (?:messagerie|courrier)(?: electronique)?|adresse electronique|courrier electronique|e ?mail address)$/,
  firstName: /^(?:prenoms?|first ?name|given name)$/,
  lastName: /^(?:nom|nom de famille|nom d usage|nom patronymique|last ?name|surname|family name)$/,
  civility: /^(?:civilite|titre|title)$/,
}

function phoneNumbersOf({ tel_mobile, tel_landline }: CandidateData): PhoneNumber[] {
  return [
    ...(tel_mobile === null ? [] : [phoneNumber(tel_mobile, 'mobile', COUNTRY_OF_NUMBERS)]),
    ...(tel_landline === null ? [] : [phoneNumber(tel_landline, 'landline', COUNTRY_OF_NUMBERS)]),
  ]
}

function tagsOf(tags: readonly unknown[], warnings: Set<string>): string[] {
  const labels = tags.map(tag => named(tag)?.label ?? null)
  if (labels.includes(null)) warnings.add('TAG_UNREADABLE')
  return labels.filter(label => label !== null)
}
