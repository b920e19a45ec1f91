import type { Job } from '../../../schemas/types.ts'
import { pulsifiId } from '../../core/identity.ts'
import type { BlockReason } from '../../core/reasons.ts'
import {
  JOB_DESCRIPTION_LENGTH_MIN,
  JOB_EXTERNAL_ID_LENGTH_MAX,
  JOB_TITLE_LENGTH_MAX,
} from '../../platform/pulsifi/limits.ts'
import type { CreateJobRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import { describeJob } from './description.ts'
import { type Adjustment, cutField, type Fit } from './fit.ts'
import type { Lexicon } from './skill-lexicon.ts'
import { type JobSkills, jobSkills } from './skills.ts'
import { codePoints, cutText, line, wholeCharacters } from './text.ts'

export interface JobFitOptions {
  readonly lexicon: Lexicon
  /** UTF-16 units, at least the minimum of 300; null when there is no maximum, as the guideline has it. */
  readonly descriptionMax: number | null
  /** Whether `skills: []` may be sent: the guideline requires the field and states no minimum. */
  readonly allowEmptySkills: boolean
}

/**
 * A canonical job as Pulsifi takes it. Text is cut and lists are shortened, since a shorter title is still the job's
 * title; identifiers are never cut. Reasons: `TITLE_MISSING`, `DESCRIPTION_TOO_SHORT:<code points>`,
 * `SKILLS_UNDERIVABLE`.
 */
export function fitJob(job: Job, options: JobFitOptions): Fit<CreateJobRequest> {
  const adjustments: Adjustment[] = []
  const title = cutField(adjustments, 'title', line(job.title), JOB_TITLE_LENGTH_MAX)
  const description = fitDescription(job, options.descriptionMax, adjustments)
  const skills = jobSkills(job, options.lexicon)
  noteSkills(skills, adjustments)

  const reasons: BlockReason[] = []
  if (title === '') reasons.push('TITLE_MISSING')
  const length = codePoints(description)
  if (length < JOB_DESCRIPTION_LENGTH_MIN) reasons.push(`DESCRIPTION_TOO_SHORT:${length}`)
  if (skills.rule === 'none' && !options.allowEmptySkills) reasons.push('SKILLS_UNDERIVABLE')
  if (reasons.length > 0) return { type: 'blocked', reasons }

  return {
    type: 'fitted',
    request: { title, description, skills: skills.skills, external_id: jobExternalId(job) },
    adjustments,
  }
}

/** `external_id` of a job at Pulsifi. */
export const jobExternalId = ({ provenance, external_id }: Pick<Job, 'provenance' | 'external_id'>): string =>
  pulsifiId(provenance.source, provenance.tenant_id, external_id, JOB_EXTERNAL_ID_LENGTH_MAX)

function fitDescription(job: Job, lengthMax: number | null, adjustments: Adjustment[]): string {
  const { text, hasFacts } = describeJob(job)
  if (hasFacts) adjustments.push({ field: 'description', rule: 'facts-appended' })
  if (lengthMax === null || text.length <= lengthMax) return text
  adjustments.push({ field: 'description', rule: 'truncated' })
  const atWord = cutText(text, lengthMax)
  // A maximum near the minimum leaves no room to be kind to the last word.
  return codePoints(atWord) >= JOB_DESCRIPTION_LENGTH_MIN
    ? atWord
    : wholeCharacters(text, lengthMax).trimEnd()
}

function noteSkills({ rule, hasCut, hasDropped }: JobSkills, adjustments: Adjustment[]): void {
  if (hasCut) adjustments.push({ field: 'skills', rule: 'truncated' })
  if (hasDropped) adjustments.push({ field: 'skills', rule: 'dropped-items' })
  if (rule === 'text') adjustments.push({ field: 'skills', rule: 'derived-from-text' })
  if (rule === 'categories') adjustments.push({ field: 'skills', rule: 'derived-from-categories' })
  if (rule === 'title') adjustments.push({ field: 'skills', rule: 'derived-from-title' })
  if (rule === 'none') adjustments.push({ field: 'skills', rule: 'empty-allowed' })
}
