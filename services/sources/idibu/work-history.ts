import type { WorkExperience } from '../../../schemas/types.ts'
import { calendarDay } from '../../core/dates.ts'
import { membersOf, scalarText } from '../lenient.ts'

/**
 * Work experience that idibu parsed out of a CV. Its shape is documented nowhere, so an entry counts only when a
 * role, an organisation and a day of start can be found in it under a usual name.
 */
export const workExperiencesOf = (history: unknown): WorkExperience[] =>
  (Array.isArray(history) ? history : []).flatMap(entry => {
    const experience = workExperienceOf(membersOf(entry))
    return experience ? [experience] : []
  })

function workExperienceOf(entry: Readonly<Record<string, unknown>>): WorkExperience | null {
  const first = (...names: string[]): string | null =>
    names.map(name => scalarText(entry[name])).find(value => value !== null) ?? null
  const role = first('role', 'job_title', 'title', 'position')
  const organization = first('organization', 'organisation', 'company', 'company_name', 'employer')
  const startDate = calendarDay(first('start_date', 'date_from', 'from', 'start'))
  if (role === null || organization === null || startDate === null) return null
  const end = first('end_date', 'date_to', 'to', 'end')
  return {
    role,
    organization,
    is_current: /^(true|1|yes)$/i.test(first('is_current', 'current') ?? '') || end === null,
    description: first('description'),
    start_date: startDate,
    end_date: calendarDay(end),
  }
}
