/** The skills of a job at Pulsifi: the source's own when it names any, else what its words, categories or title say. */
import type { Job } from '../../../schemas/types.ts'
import { JOB_SKILL_LENGTH_MAX, JOB_SKILLS_COUNT_MAX } from '../../platform/pulsifi/limits.ts'
import { categoryLabels, readable } from './description.ts'
import { occupationIn } from './occupation.ts'
import { askedFor } from './passages.ts'
import { type Lexicon, matchSkills } from './skill-lexicon.ts'
import { type StatedSkills, statedSkills } from './stated-skills.ts'
import { cutText, line } from './text.ts'

/** Which rule gave the skills; `none` when the job says nothing from which one could be taken. */
export type SkillRule = 'source' | 'text' | 'categories' | 'title' | 'none'

export interface JobSkills {
  readonly rule: SkillRule
  readonly skills: readonly string[]
  readonly hasCut: boolean
  readonly hasDropped: boolean
}

export function jobSkills(job: Job, lexicon: Lexicon): JobSkills {
  const stated = statedSkills(job)
  const isAllNames = stated.prose.length + stated.searches.length === 0
  const rules: readonly (readonly [SkillRule, () => readonly string[]])[] = [
    ['source', () => (isAllNames ? stated.names : [])],
    ['text', () => skillsInText(job, stated, lexicon)],
    ['source', () => stated.names],
    ['categories', () => categoryLabels(job).flatMap(label => skillsOf(lexicon, { description: label }))],
    ['title', () => [occupationIn(line(job.title))]],
  ]
  for (const [rule, find] of rules) {
    const found = fitted(find())
    if (found.skills.length > 0) return { rule, ...found }
  }
  return { rule: 'none', skills: [], hasCut: false, hasDropped: false }
}

function skillsInText(
  job: Job,
  { names, prose, searches }: StatedSkills,
  lexicon: Lexicon,
): readonly string[] {
  const textOf = (...sections: readonly string[]) =>
    job.description_sections
      .filter(section => sections.includes(section.name))
      .map(section => readable(section.text))
  const title = line(job.title)
  return skillsOf(lexicon, {
    // "Attaché(e) commercial h/f" has the words of the trade only once its endings are gone.
    title: `${occupationIn(title)}\n${title}`,
    profile: [...names, ...prose, ...searches, ...textOf('profile', 'skills', 'experience')].join('\n'),
    description: [readable(job.description ?? ''), ...textOf('education')].join('\n'),
  })
}

const skillsOf = (
  lexicon: Lexicon,
  { title = '', profile = '', description = '' }: { title?: string; profile?: string; description?: string },
): readonly string[] =>
  matchSkills(
    lexicon,
    { title, profile: askedFor(profile), description: askedFor(description) },
    JOB_SKILLS_COUNT_MAX,
  )

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
