import type { Education } from '../../../schemas/types.ts'
import { isUntilToday, partialDay } from '../../core/reading/partial-day.ts'
import { elementsOf, scalarText } from '../lenient.ts'
import { parsedEntry } from './parsed-entry.ts'

/** Education that idibu parsed out of a CV. An entry counts when it names a school, a degree or a subject. */
export const educationsOf = (history: unknown): Education[] =>
  elementsOf(history).flatMap(entry => {
    const education = educationOf(entry)
    return education ? [education] : []
  })

function educationOf(entry: unknown): Education | null {
  const { first, lines } = parsedEntry(entry)
  const institution = first(
    ...['institution', 'institutionname', 'school', 'schoolname', 'university', 'college', 'establishment'],
    ...['institute', 'organization', 'organisation'],
  )
  // A text alone says what was learned, and often more.
  const degree =
    scalarText(entry) ??
    first(
      'degree',
      'degreename',
      'degreetype',
      'qualification',
      'qualifications',
      'diploma',
      'award',
      'level',
      'title',
    )
  const field = first(
    'fieldofstudy',
    'field',
    'major',
    'subject',
    'subjects',
    'discipline',
    'speciality',
    'course',
  )
  if (institution === null && degree === null && field === null) return null
  const sentEnd = first('enddate', 'dateto', 'to', 'end', 'graduationdate', 'graduationyear', 'year', 'date')
  const start = partialDay(first('startdate', 'datefrom', 'from', 'start'))
  const end = isUntilToday(sentEnd) ? null : partialDay(sentEnd)
  return {
    institution,
    degree,
    field_of_study: field,
    description: lines('description', 'summary', 'details', 'notes'),
    start_date: start?.first ?? null,
    end_date: end?.last ?? null,
    start_precision: start?.precision ?? 'UNKNOWN',
    end_precision: end?.precision ?? 'UNKNOWN',
  }
}
