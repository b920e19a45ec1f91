import { z } from 'zod'
import { type ApiContext, endpoint, NO_QUERY } from './endpoint.ts'

const Place = z.strictObject({
  topic: z.string().endsWith('.dead-letter'),
  partition: z.int().min(0),
  offset: z.int().min(0),
})

const Settled = z.object({
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
const response = z.object({ dead_letters: z.array(Settled) })
const settling = {
  ...({ method: 'post', tag: 'dead letters', query: NO_QUERY, followsData: false } as const),
  ...{ body, response },
}
type Input = { readonly body: z.output<typeof body> }

export const redriveDeadLetters = endpoint({
  ...settling,
  path: '/api/dead-letters/redrive',
  name: 'redriveDeadLetters',
  summary: 'Send dead letters back to the process that refused them',
  description: [
    'Only that process reads them again; what ingress could not read is read again by its source, and its events go to the',
    'raw topic. A letter is decided on once: again does nothing again. One that was discarded can still be sent back.',
  ].join('\n'),
  answer: async (input: Input, { settleLetters }: ApiContext) => ({
    dead_letters: [...(await settleLetters('redrive', input.body.dead_letters))],
  }),
})

export const discardDeadLetters = endpoint({
  ...settling,
  path: '/api/dead-letters/discard',
  name: 'discardDeadLetters',
  summary: 'Record that nothing will be done about dead letters',
  description:
    'They are no longer listed or counted, and stay on their topic until it drops them by age. They can still be sent back.',
  answer: async (input: Input, { settleLetters }: ApiContext) => ({
    dead_letters: [...(await settleLetters('discard', input.body.dead_letters))],
  }),
})
