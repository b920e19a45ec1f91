/** What a candidate can do and has done, as far as a source states it in terms that Pulsifi takes. */
import { DateTime } from 'luxon'
import type { CandidateSkill, WorkExperience } from '../../../schemas/types.ts'
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
  Proficiency,
  ResponsibilityFieldName,
  WorkExperienceRequest,
} from '../../platform/pulsifi/pulsifi-api.ts'
import { type Adjustment, cutField } from './fit.ts'
import { uniqueBy } from './skills.ts'
import { line, printable } from './text.ts'

const DAY_MS = 86_400_000

/** What sources call a level. The guideline and the portal disagree on the level between novice and competent. */
const PROFICIENCY: ReadonlyMap<string, Proficiency> = new Map([
  ...wordsFor('novice', 'novice', 'beginner', 'basic', 'basics', 'elementary', 'intermediate'),
  ...wordsFor('novice', 'débutant', 'notions', 'intermédiaire', 'nybörjare', 'grundläggande', 'medel'),
  ...wordsFor('competent', 'competent', 'compétent', 'confirmé', 'kompetent', 'god'),
  ...wordsFor('proficient', 'proficient', 'advanced', 'avancé', 'avancerad', 'mycket god'),
  ...wordsFor('expert', 'expert', 'master', 'maîtrise'),
])

function wordsFor(level: Proficiency, ...words: readonly string[]): (readonly [string, Proficiency])[] {
  return words.map(word => [word, level])
}

/** Only skills whose level the source states in a word we know: a level is never invented. */
export function fitCandidateSkills(
  skills: readonly CandidateSkill[],
  adjustments: Adjustment[],
): CandidateSkillRequest[] {
  const stated = skills.flatMap(skill => {
    const name = line(skill.name)
    const proficiency = PROFICIENCY.get(line(skill.proficiency).normalize('NFC').toLowerCase())
    return name === '' || proficiency === undefined ? [] : [{ name, proficiency }]
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

/** The newest positions of which role, organisation and first day are known, newest first. */
export function fitWorkExperiences(
  positions: readonly WorkExperience[],
  responsibilityFieldName: ResponsibilityFieldName,
  adjustments: Adjustment[],
): WorkExperienceRequest[] {
  const complete = positions.filter(isComplete)
  if (complete.length < positions.length) adjustments.push({ field: 'work_experiences', rule: 'omitted' })
  if (complete.length > WORK_EXPERIENCES_COUNT_MAX) {
    adjustments.push({ field: 'work_experiences', rule: 'dropped-items' })
  }
  return complete
    .toSorted(
      (a, b) => (b.start_date ?? 0) - (a.start_date ?? 0) || Number(b.is_current) - Number(a.is_current),
    )
    .slice(0, WORK_EXPERIENCES_COUNT_MAX)
    .map(position => toRequest(position, responsibilityFieldName, adjustments))
}

const isComplete = ({ role, organization, start_date }: WorkExperience): boolean =>
  line(role) !== '' && line(organization) !== '' && isoDay(start_date) !== null

function toRequest(
  position: WorkExperience,
  responsibilityFieldName: ResponsibilityFieldName,
  adjustments: Adjustment[],
): WorkExperienceRequest {
  const at = 'work_experiences'
  const responsibility = printable(position.description ?? '').trim()
  const endDate = position.is_current ? null : isoDay(position.end_date)
  return {
    role: cutField(adjustments, `${at}.role`, line(position.role), WORK_EXPERIENCE_ROLE_LENGTH_MAX),
    organization: cutField(
      adjustments,
      `${at}.organization`,
      line(position.organization),
      WORK_EXPERIENCE_ORGANIZATION_LENGTH_MAX,
    ),
    is_current: position.is_current,
    start_date: isoDay(position.start_date) ?? '',
    ...(endDate !== null && { end_date: endDate }),
    ...(responsibility !== '' && {
      [responsibilityFieldName]: cutField(
        adjustments,
        `${at}.${responsibilityFieldName}`,
        responsibility,
        WORK_EXPERIENCE_RESPONSIBILITY_LENGTH_MAX,
      ),
    }),
  }
}

/** `YYYY-MM-DD` of a number of days since 1970; null when there is none or it has no four-digit year. */
function isoDay(days: number | null): string | null {
  if (days === null) return null
  const day = DateTime.fromMillis(days * DAY_MS, { zone: 'utc' })
  return day.isValid && day.year >= 1 && day.year <= 9999 ? day.toISODate() : null
}
