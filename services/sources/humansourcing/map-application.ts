import type { Answer } from '../../../schemas/types.ts'
import { type ApplicationDraft, emptyApplication, emptyJobRef } from '../../core/canonical.ts'
import { compositeApplicationId } from '../../core/identity.ts'
import type { Answered } from '../asked.ts'
import { answerText, customFields } from '../lenient.ts'
import {
  consultantOf,
  type DatedAction,
  type FilesOf,
  isAmong,
  isApplication,
  toActivity,
} from './actions.ts'
import { endOf } from './end.ts'
import type { Form } from './payload.ts'
import type { Settings } from './settings.ts'

/**
 * All that happened between one candidate and one job, newest first. There need not be an application among it: old
 * ones are closed or acknowledged without one, and still they existed.
 */
export function toApplication(
  candidateId: string,
  jobId: string,
  history: readonly DatedAction[],
  settings: Settings,
  kept: FilesOf,
): ApplicationDraft {
  const applied = history.filter(({ action }) => isApplication(action, settings))
  const acknowledged = history.filter(({ action }) => isAmong(action, settings.application_codes))
  const form = latestForm(history, settings)?.action.form ?? null
  return {
    ...emptyApplication(compositeApplicationId(candidateId, jobId), jobOf(jobId, history)),
    id_basis: 'CANDIDATE_JOB',
    native_application_id: applied[0]?.action.id ?? null,
    stage: acknowledged.length === history.length ? 'NEW' : 'UNKNOWN',
    ...endOf(history, settings),
    // The form is the person's: whose action it is says who looks after it.
    credited_to: consultantOf(applied.find(({ action }) => action.consultant)?.action.consultant ?? null),
    // A second application for the same job is the same application, made again.
    applied_at: applied[0]?.atMs ?? acknowledged[0]?.atMs ?? null,
    last_activity_at: history[0]?.atMs ?? null,
    answers: form ? answersOf(form) : [],
    attachments: applied.flatMap(({ action }) => kept(action)),
    activities: history.map(dated => toActivity(dated, settings, kept)),
    custom_fields: customFieldsOf(history, form),
  }
}

/** The form of the latest application that has one. */
export const latestForm = (history: readonly DatedAction[], settings: Settings): DatedAction | null =>
  history.find(({ action }) => isApplication(action, settings) && action.form) ?? null

/** What was answered in the form of an action, if it has one. */
export const answersIn = ({ action, atMs }: DatedAction): readonly Answered[] =>
  (action.form?.input ?? []).map(({ question, answer }) => ({ question, answer: answerText(answer), atMs }))

function jobOf(jobId: string, history: readonly DatedAction[]): ApplicationDraft['job'] {
  const postes = history.map(({ action }) => action.poste)
  return {
    ...emptyJobRef('humansourcing', jobId),
    title: postes.find(poste => poste?.title)?.title ?? null,
    status_raw: postes.find(poste => poste?.status)?.status ?? null,
  }
}

const answersOf = (form: Form): Answer[] =>
  form.input.map(input => ({
    id: input.id_form_answer,
    question_id: input.id_question,
    question: input.question,
    answer_type: null,
    value_id: input.id_form_answer_value,
    value: answerText(input.answer),
    is_file: false,
  }))

function customFieldsOf(
  history: readonly DatedAction[],
  form: Form | null,
): ApplicationDraft['custom_fields'] {
  const poste = history[0]?.action.poste
  return customFields({
    poste_pastille: poste?.pastille,
    poste_customer: poste?.customer,
    poste_consultant: poste?.consultant,
    form_id: form?.id,
    form_image: form?.image,
  })
}
