import type { WorkExperience } from '../../../schemas/types.ts'
import { isUntilToday, partialDay } from '../../core/reading/partial-day.ts'
import { plainLine } from '../../core/reading/text.ts'
import { parsedEntry } from './parsed-entry.ts'

/**
 * Work experience that idibu parsed out of a CV. Its shape is documented nowhere, so an entry counts only when a
 * role, an organisation and a day, month or year of start can be found in it under a usual name.
 */
export const workExperiencesOf = (history: unknown): WorkExperience[] =>
  (Array.isArray(history) ? history : []).flatMap(entry => {
    const experience = workExperienceOf(entry)
    return experience ? [experience] : []
  })

function workExperienceOf(entry: unknown): WorkExperience | null {
  const { first, lines } = parsedEntry(entry)
  const role = first('role', 'jobtitle', 'title', 'position')
  const organization = first('organization', 'organisation', 'company', 'companyname', 'employer')
  const start = partialDay(first('startdate', 'datefrom', 'from', 'start'))
  if (role === null || organization === null || start === null) return null
  const sentEnd = first('enddate', 'dateto', 'to', 'end')
  const end = partialDay(sentEnd)
  return {
    role: plainLine(role) ?? role,
    organization: plainLine(organization) ?? organization,
    is_current:
      /^(true|1|yes)$/i.test(first('iscurrent', 'current') ?? '') ||
      sentEnd === null ||
      isUntilToday(sentEnd),
    description: lines('description', 'responsibilities', 'duties', 'summary'),
    start_date: start.first,
    end_date: end?.last ?? null,
    start_precision: start.precision,
    end_precision: end?.precision ?? 'UNKNOWN',
  }
}
