/** The skills of a job at Pulsifi: the source's own when it states any, else what its words or categories say. */
import type { Job } from '../../../schemas/types.ts'
import { JOB_SKILL_LENGTH_MAX, JOB_SKILLS_COUNT_MAX } from '../../platform/pulsifi/limits.ts'
import { categoryLabels, readable } from './description.ts'
import { type Lexicon, matchSkills } from './skill-lexicon.ts'
import { cutText, line } from './text.ts'

/** Which rule gave the skills; `none` when the job says nothing from which one could be taken. */
export type SkillRule = 'source' | 'text' | 'categories' | 'none'

export interface JobSkills {
  readonly rule: SkillRule
  readonly skills: readonly string[]
  readonly hasCut: boolean
  readonly hasDropped: boolean
}

export function jobSkills(job: Job, lexicon: Lexicon): JobSkills {
  const stated = job.skills.filter(skill => skill.origin === 'SOURCE').map(skill => skill.name)
  const rules: readonly (readonly [SkillRule, () => readonly string[]])[] = [
    ['source', () => stated],
    ['text', () => skillsInText(job, lexicon)],
    ['categories', () => categoryLabels(job)],
  ]
  for (const [rule, find] of rules) {
    const found = fitted(find())
    if (found.skills.length > 0) return { rule, ...found }
  }
  return { rule: 'none', skills: [], hasCut: false, hasDropped: false }
}

/** The company and its benefits are left out: a bank's clerk does not need what the bank is proud of. */
function skillsInText(job: Job, lexicon: Lexicon): readonly string[] {
  const textOf = (...names: readonly string[]) =>
    job.description_sections
      .filter(section => names.includes(section.name))
      .map(section => readable(section.text))
      .join('\n')
  return matchSkills(
    lexicon,
    {
      title: line(job.title),
      profile: textOf('profile', 'experience'),
      description: `${readable(job.description ?? '')}\n${textOf('education')}`,
    },
    JOB_SKILLS_COUNT_MAX,
  )
}

function fitted(names: readonly string[]): Omit<JobSkills, 'rule'> {
  const wanted = names.map(line).filter(name => name !== '')
  const cut = wanted.map(name => cutText(name, JOB_SKILL_LENGTH_MAX))
  const unique = uniqueBy(cut, name => name.toLowerCase())
  return {
    skills: unique.slice(0, JOB_SKILLS_COUNT_MAX),
    hasCut: cut.some((name, at) => name !== wanted[at]),
    hasDropped: unique.length > JOB_SKILLS_COUNT_MAX,
  }
}

/** The first of each key, in order. */
export function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const seen = new Map<string, T>()
  for (const item of items) if (!seen.has(keyOf(item))) seen.set(keyOf(item), item)
  return [...seen.values()]
}
