/** What a candidate can do and has done, as far as a source states it in terms that Pulsifi takes. */

import { DateTime } from 'luxon'
import type { CandidateSkill, WorkExperience } from '../../../schemas/types.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import { prose } from '../../core/reading/text.ts'
import type { AdjustmentRule } from '../../core/reasons.ts'
import {
  CANDIDATE_SKILL_NAME_LENGTH_MAX,
  CANDIDATE_SKILLS_COUNT_MAX,
  WORK_EXPERIENCE_ORGANIZATION_LENGTH_MAX,
  WORK_EXPERIENCE_RESPONSIBILITY_LENGTH_MAX,
  WORK_EXPERIENCE_ROLE_LENGTH_MAX,
  WORK_EXPERIENCES_COUNT_MAX,
} from '../../platform/pulsifi/limits.ts'
import type {
  CandidateSkillRequest,
  ResponsibilityFieldName,
  WorkExperienceRequest,
} from '../../platform/pulsifi/pulsifi-api.ts'
import { readable } from './description.ts'
import { type Adjustment, cutField } from './fit.ts'
import { proficiencyOf } from './proficiency.ts'
import { uniqueBy } from './skills.ts'
import { line } from './text.ts'

/** Only skills whose level the source states in a word we know: a level is never invented. */
export function fitCandidateSkills(
  skills: readonly CandidateSkill[],
  adjustments: Adjustment[],
): CandidateSkillRequest[] {
  const stated = skills.flatMap(skill => {
    const name = line(skill.name)
    const proficiency = proficiencyOf(skill.proficiency)
    return name === '' || proficiency === null ? [] : [{ name, proficiency }]
  })
  if (stated.length < skills.length) adjustments.push({ field: 'skills', rule: 'omitted' })
  const cut = stated.map(skill => ({
    ...skill,
    name: cutField(adjustments, 'skills.name', skill.name, CANDIDATE_SKILL_NAME_LENGTH_MAX),
  }))
  const unique = uniqueBy(cut, skill => skill.name.toLowerCase())
  if (unique.length > CANDIDATE_SKILLS_COUNT_MAX) adjustments.push({ field: 'skills', rule: 'dropped-items' })
  return unique.slice(0, CANDIDATE_SKILLS_COUNT_MAX)
}

/** The newest positions of which role, organisation and first day are known, newest first; none of them to come. */
export function fitWorkExperiences(
  positions: readonly WorkExperience[],
  responsibilityFieldName: ResponsibilityFieldName,
  nowMs: number,
  adjustments: Adjustment[],
): WorkExperienceRequest[] {
  const today = Math.floor(nowMs / DAY_MS)
  const told = positions.filter(position => {
    const rule = whyLeftOut(position, today)
    if (rule !== null) adjustments.push({ field: FIELD, rule })
    return rule === null
  })
  if (told.length > WORK_EXPERIENCES_COUNT_MAX) adjustments.push({ field: FIELD, rule: 'dropped-items' })
  return told
    .toSorted(
      (a, b) => (b.start_date ?? 0) - (a.start_date ?? 0) || Number(b.is_current) - Number(a.is_current),
    )
    .slice(0, WORK_EXPERIENCES_COUNT_MAX)
    .map(position => toRequest(position, responsibilityFieldName, today, adjustments))
}

const FIELD = 'work_experiences'

function whyLeftOut(position: WorkExperience, today: number): AdjustmentRule | null {
  const { role, organization, is_current, start_date, end_date } = position
  if (line(role) === '' || line(organization) === '') return 'omitted'
  if (start_date === null || isoDay(start_date) === null) return 'omitted'
  if (start_date > today) return 'starts-in-future'
  return !is_current && end_date !== null && end_date < start_date ? 'end-before-start' : null
}

function toRequest(
  position: WorkExperience,
  responsibilityFieldName: ResponsibilityFieldName,
  today: number,
  adjustments: Adjustment[],
): WorkExperienceRequest {
  const responsibility = readable(prose(position.description).text ?? '')
  const cut = (field: string, text: string, lengthMax: number) =>
    cutField(adjustments, `${FIELD}.${field}`, text, lengthMax)
  if (isCoarse(position.start_precision)) {
    adjustments.push({ field: `${FIELD}.start_date`, rule: 'completed' })
  }
  return {
    role: cut('role', line(position.role), WORK_EXPERIENCE_ROLE_LENGTH_MAX),
    organization: cut('organization', line(position.organization), WORK_EXPERIENCE_ORGANIZATION_LENGTH_MAX),
    ...endOf(position, today, adjustments),
    start_date: isoDay(position.start_date) ?? '',
    ...(responsibility !== '' && {
      [responsibilityFieldName]: cut(
        responsibilityFieldName,
        responsibility,
        WORK_EXPERIENCE_RESPONSIBILITY_LENGTH_MAX,
      ),
    }),
  }
}

const isCoarse = (precision: WorkExperience['start_precision']): boolean =>
  precision === 'MONTH' || precision === 'YEAR'

/** Who has an end agreed for a day to come still works there; of "this year", no day to come is meant. */
function endOf(
  position: WorkExperience,
  today: number,
  adjustments: Adjustment[],
): Pick<WorkExperienceRequest, 'is_current' | 'end_date'> {
  const isCompleted = isCoarse(position.end_precision)
  const lasts = position.is_current || (!isCompleted && (position.end_date ?? 0) > today)
  const end = position.end_date === null ? null : isoDay(Math.min(position.end_date, today))
  if (end === null) return { is_current: lasts }
  const rule = lasts ? 'omitted' : isCompleted ? 'completed' : null
  if (rule !== null) adjustments.push({ field: `${FIELD}.end_date`, rule })
  return lasts ? { is_current: true } : { is_current: false, end_date: end }
}

/** `YYYY-MM-DD` of a number of days since 1970; null when there is none or it has no four-digit year. */
function isoDay(days: number | null): string | null {
  if (days === null) return null
  const day = DateTime.fromMillis(days * DAY_MS, { zone: 'utc' })
  return day.isValid && day.year >= 1 && day.year <= 9999 ? day.toISODate() : null
}
