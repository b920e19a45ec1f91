import { z } from 'zod'
import type { Wanted } from '../../../platform/dead-letters/plan.ts'
import { placeOf } from '../../../platform/dead-letters/view.ts'
import {
  type ApiContext,
  type DeadLetterPlace,
  endpoint,
  NO_QUERY,
  type ResolvedLetter,
} from '../endpoint.ts'

const Place = z.strictObject({
  topic: z.string().endsWith('.dead-letter'),
  partition: z.int().min(0),
  offset: z.int().min(0),
})

const Resolved = z.object({
  topic: z.string(),
  partition: z.int(),
  offset: z.int(),
  done: z
    .enum(['redriven', 'discarded', 'left', 'missing'])
    .describe('left: nothing was done; missing: its topic has dropped it'),
  why: z.string().nullable().describe('why nothing was done'),
  sent_to: z.string().nullable().describe('topic that it went to'),
  events: z
    .int()
    .describe('records that were written for it; several when ingress had kept a whole delivery'),
})

const body = z.strictObject({ dead_letters: z.array(Place).min(1).max(100) })
const response = z.object({ dead_letters: z.array(Resolved) })
type Input = { readonly body: z.output<typeof body> }

const resolving = {
  ...({
    method: 'post',
    tag: 'dead letters',
    query: NO_QUERY,
    asks: 'operator',
    lasts: 'never',
  } as const),
  ...{ body, response },
  audited: ({ body: { dead_letters } }: Input) =>
    ({ kind: 'DECISION', subjects: dead_letters.map(placeOf) }) as const,
}

/** Of a letter that the operator may not see, no more is told than of one that is not there. */
async function resolve(wanted: Wanted, { body: { dead_letters: places } }: Input, context: ApiContext) {
  const { database, user, resolveLetters } = context
  const seen = user.tenants === null ? null : await seenBy(database)
  const isTheirs = (place: DeadLetterPlace) => seen === null || seen.has(placeOf(place))
  const resolved = await resolveLetters(wanted, places.filter(isTheirs), user.name)
  const done = new Map(resolved.map(letter => [placeOf(letter), letter]))
  return { dead_letters: places.map(place => done.get(placeOf(place)) ?? missing(place)) }
}

const missing = (place: DeadLetterPlace): ResolvedLetter => ({
  ...place,
  ...{ done: 'missing', why: 'its topic has dropped it by age', sent_to: null, events: 0 },
})

async function seenBy(database: ApiContext['database']): Promise<ReadonlySet<string>> {
  const rows = await database.read(
    `SELECT topic || '/' || kafka_partition || '/' || kafka_offset AS letter FROM dead_letter`,
  )
  return new Set(rows.map(({ letter }) => String(letter)))
}

export const redriveDeadLetters = endpoint({
  ...resolving,
  path: '/api/dead-letters/redrive',
  name: 'redriveDeadLetters',
  summary: 'Send dead letters back to the process that refused them',
  description: [
    'Only that process reads them again; what ingress could not read is read again by its source, and its events go to the',
    'raw topic. A letter is decided on once: again does nothing again. One that was discarded can still be sent back.',
  ].join('\n'),
  answer: (input: Input, context: ApiContext) => resolve('redrive', input, context),
})

export const discardDeadLetters = endpoint({
  ...resolving,
  path: '/api/dead-letters/discard',
  name: 'discardDeadLetters',
  summary: 'Record that nothing will be done about dead letters',
  description:
    'They are no longer listed or counted, and stay on their topic until it drops them by age. They can still be sent back.',
  answer: (input: Input, context: ApiContext) => resolve('discard', input, context),
})
