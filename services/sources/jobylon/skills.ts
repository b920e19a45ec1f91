import type { JobSkill } from '../../../schemas/types.ts'
import { prose } from '../../core/reading/text.ts'

/**
 * The skills of a job, one a line in the vendor's sample; bullets and semicolons separate as well. Commas separate
 * only in a single line that has two or more of them: "Sales, retail" may be one skill.
 */
export function skillsOf(text: string | null): JobSkill[] {
  const lines = named((prose(text).text ?? '').split(/[\r\n•;]/))
  const [only = ''] = lines
  const names = lines.length === 1 && only.split(',').length > 2 ? named(only.split(',')) : lines
  return names.map(name => ({ name, uri: null, origin: 'SOURCE' }))
}

/** Without the dash, star or number of a list item, and without empty ones. */
const named = (parts: readonly string[]): string[] =>
  parts.map(part => part.trim().replace(/^(?:[-*]+\s*|\d{1,2}[.)]\s+)/, '')).filter(part => part !== '')
