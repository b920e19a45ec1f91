import { z } from 'zod'
import { wordsFor } from '../../../core/reasons.ts'
import { DEAD_LETTER_HEADER, HEADER, PULSIFI_RAW } from '../../../core/topics.ts'
import { MASK } from '../../../platform/avro/masking.ts'
import { placeOf } from '../../../platform/dead-letters/view.ts'
import { type ApiContext, ApiError, endpoint, type KeptLetter, type Place } from '../endpoint.ts'
import { DeadLetter } from './dead-letters.ts'
import { maskedJson, maskedText } from './masked-body.ts'

const FORMS = ['record', 'json', 'text', 'bytes', 'none'] as const

const query = z.object({
  topic: z.string().endsWith('.dead-letter'),
  partition: z.coerce.number().int().min(0),
  offset: z.coerce.number().int().min(0),
})

export const deadLetter = endpoint({
  method: 'get',
  path: '/api/dead-letters/letter',
  name: 'getDeadLetter',
  tag: 'dead letters',
  summary: 'One dead letter: what it was, why it was refused, and what to mend',
  description: [
    'Read from its topic when somebody asks, which is recorded. The payload keeps its shape: what it says of people is masked,',
    'unless the console keeps names and an operator asks. What opens an assessment stays masked for everybody.',
  ].join('\n'),
  query,
  response: z.object({
    dead_letter: DeadLetter,
    decision: z
      .object({ decision: z.string(), decided_at: z.string(), decided_by: z.string() })
      .nullable()
      .describe('what somebody has decided about it'),
    headers: z.array(z.object({ name: z.string(), value: z.string() })),
    payload: z.object({
      form: z.enum(FORMS).describe('none: it is kept elsewhere, and is not there any more'),
      text: z.string().describe('at most 64 KiB of it'),
      bytes: z.int(),
      is_masked: z.boolean(),
      is_cut: z.boolean(),
    }),
  }),
  audited: ({ query: place }) => ({ kind: 'LOOK', subjects: [placeOf(place)] }),
  lasts: 'never',
  async answer({ query: place }, context) {
    const known = await knownLetter(context, place)
    const kept = known && (await context.letterAt(place))
    if (known === null || kept === null)
      throw new ApiError(
        404,
        'LETTER_UNKNOWN',
        'there is no such letter: its topic may have dropped it by age',
      )
    const isShown = context.keepsPersonalData && context.user.role === 'operator'
    return {
      dead_letter: { ...known, ...wordsFor(known.code ?? 'UNKNOWN') },
      decision: await decisionOf(context, place),
      headers: Object.entries(kept.headers).map(([name, value]) => ({
        name,
        value: isShown || OURS.has(name) ? value : MASK,
      })),
      payload: payloadOf(kept, isShown),
    }
  },
})

/** Others may be a webhook's own. */
const OURS: ReadonlySet<string> = new Set([...Object.values(HEADER), ...Object.values(DEAD_LETTER_HEADER)])

/** Null where it is not, or not for this user. */
async function knownLetter({ database }: ApiContext, { topic, partition, offset }: Place) {
  const [row] = await database.read(
    `SELECT topic, kafka_partition AS partition, kafka_offset AS "offset", recorded_at, record_key AS key, event_id, event_type,
       tenant_id, code, stage, detail, first_topic, first_partition, first_offset, delivery_count
     FROM dead_letter WHERE topic = $topic AND kafka_partition = $partition AND kafka_offset = $offset`,
    { topic, partition, offset: BigInt(offset) },
  )
  return row === undefined ? null : DeadLetter.omit({ text: true, action: true, owner: true }).parse(row)
}

async function decisionOf({ database }: ApiContext, place: Place) {
  const [row] = await database.read(
    'SELECT decision, decided_at, decided_by FROM decision WHERE letter = $letter',
    { letter: placeOf(place) },
  )
  return row === undefined
    ? null
    : {
        decision: String(row.decision),
        decided_at: String(row.decided_at),
        decided_by: String(row.decided_by),
      }
}

const TEXT_MAX = 64 * 1024

/** @param isShown what a body says of people may be seen */
export function payloadOf({ record, body, origin }: KeptLetter, isShown: boolean) {
  const shown = (form: (typeof FORMS)[number], text: string, isMasked: boolean) => ({
    ...{ form, bytes: body?.length ?? 0, is_masked: isMasked },
    ...{ text: text.slice(0, TEXT_MAX), is_cut: text.length > TEXT_MAX },
  })
  if (body === null) return shown('none', '', false)
  if (record !== null) return shown('record', pretty(record(isShown)), !isShown)
  const text = textOf(body)
  if (text === null) return shown('bytes', '', false)
  // A callback holds the code that opens an assessment.
  const isOpen = isShown && origin !== PULSIFI_RAW
  const json = jsonOf(text)
  if (json === undefined) return shown('text', isOpen ? text : maskedText(text), !isOpen)
  return shown('json', pretty(isOpen ? json : maskedJson(json)), !isOpen)
}

const pretty = (value: unknown): string => JSON.stringify(value, null, 2)

function textOf(body: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return null
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
