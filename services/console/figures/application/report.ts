import { z } from 'zod'
import { PULSIFI_RESULT } from '../../../core/topics.ts'
import { OF_APPLICATION } from '../conditions.ts'
import { type ApiContext, ApiError, endpoint, type Place, time } from '../endpoint.ts'

/** Where the newest result of an application stands; null when there is none that the user may see. */
export async function resultPlaceOf(
  { database }: Pick<ApiContext, 'database'>,
  key: string,
): Promise<Place | null> {
  const [row] = await database.read(
    `SELECT kafka_partition, kafka_offset, is_tombstone FROM result_event WHERE ${OF_APPLICATION}
     ORDER BY recorded_at DESC, kafka_offset DESC LIMIT 1`,
    { key },
  )
  if (row === undefined || row.is_tombstone === true) return null
  return { topic: PULSIFI_RESULT, partition: Number(row.kafka_partition), offset: Number(row.kafka_offset) }
}

export const report = endpoint({
  method: 'get',
  path: '/api/applications/report',
  name: 'getReport',
  tag: 'applications',
  summary: 'Links to the report of an assessment',
  description: [
    'Whoever has a link has the report. The console keeps none: they are read from the topic when somebody asks, which is',
    'recorded. Only where the console keeps names, since the report names the person.',
  ].join('\n'),
  query: z.object({ key: z.string().min(1).describe('application_key') }),
  response: z.object({
    page: z.string().nullable().describe('the report as a page'),
    pdf: z.string().nullable().describe('the report as a file'),
    pdf_expires_at: time().describe('when pdf ends to work'),
  }),
  audited: ({ query: { key } }) => ({ kind: 'LOOK', subjects: [key] }),
  lasts: 'never',
  async answer({ query: { key } }, context) {
    if (!context.keepsPersonalData)
      throw new ApiError(403, 'NAMES_OFF', 'a report names the person, and this console shows no names')
    const place = await resultPlaceOf(context, key)
    const links = place === null ? null : await context.reportAt(place)
    if (links === null) throw new ApiError(404, 'REPORT_UNKNOWN', 'no result of this application is there')
    return links
  },
})
