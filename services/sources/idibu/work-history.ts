import type { WorkExperience } from '../../../schemas/types.ts'
import { isUntilToday, partialDay } from '../../core/reading/partial-day.ts'
import { remember } from '../../core/remember.ts'
import { linesOf, membersOf, named } from '../lenient.ts'

/**
 * Work experience that idibu parsed out of a CV. Its shape is documented nowhere, so an entry counts only when a
 * role, an organisation and a day, month or year of start can be found in it under a usual name.
 */
export const workExperiencesOf = (history: unknown): WorkExperience[] =>
  (Array.isArray(history) ? history : []).flatMap(entry => {
    const experience = workExperienceOf(membersOf(entry))
    return experience ? [experience] : []
  })

function workExperienceOf(entry: Readonly<Record<string, unknown>>): WorkExperience | null {
  const members = new Map(Object.entries(entry).map(([name, value]) => [bare(name), value]))
  const first = (...names: string[]): string | null =>
    names.map(name => named(members.get(name))?.label ?? null).find(value => value !== null) ?? null
  const role = first('role', 'jobtitle', 'title', 'position')
  const organization = first('organization', 'organisation', 'company', 'companyname', 'employer')
  const start = partialDay(first('startdate', 'datefrom', 'from', 'start'))
  if (role === null || organization === null || start === null) return null
  const sentEnd = first('enddate', 'dateto', 'to', 'end')
  const end = partialDay(sentEnd)
  return {
    role,
    organization,
    is_current:
      /^(true|1|yes)$/i.test(first('iscurrent', 'current') ?? '') ||
      sentEnd === null ||
      isUntilToday(sentEnd),
    description:
      ['description', 'responsibilities', 'duties', 'summary']
        .map(name => linesOf(members.get(name)))
        .find(text => text !== null) ?? null,
    start_date: start.first,
    end_date: end?.last ?? null,
    start_precision: start.precision,
    end_precision: end?.precision ?? 'UNKNOWN',
  }
}

/** `startDate`, `start_date` and `Start date` are one name. */
const bare = remember(name => name.replace(/[^a-z]/gi, '').toLowerCase(), 1_000)
