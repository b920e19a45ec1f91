/** The part of schemas/asyncapi.json that the page shows. */

import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DAY_MS } from '../../core/reading/dates.ts'

const FILE = new URL('../../../schemas/asyncapi.json', import.meta.url)

const Message = z.object({
  summary: z.string(),
  payload: z.object({ schema: z.record(z.string(), z.unknown()) }).optional(),
  bindings: z.object({ kafka: z.object({ key: z.object({ description: z.string() }) }) }),
})
const Channel = z.object({
  address: z.string(),
  description: z.string(),
  messages: z.record(z.string(), z.unknown()),
  bindings: z.object({
    kafka: z.object({
      topicConfiguration: z.object({
        'cleanup.policy': z.array(z.string()),
        'retention.ms': z.number().optional(),
        'max.message.bytes': z.number().optional(),
      }),
    }),
  }),
})
const Contract = z.object({
  info: z.object({
    version: z.string(),
    description: z.string(),
    'x-promises': z.record(z.string(), z.string()),
  }),
  channels: z.record(z.string(), Channel),
  components: z.object({ messages: z.record(z.string(), Message) }),
})

export interface Topic {
  readonly name: string
  readonly why: string
  readonly key: string
  readonly holds: string
  /** How long records stay, for people. */
  readonly kept: string
  /** The Avro record; null where values are bytes as received. */
  readonly schema: Readonly<Record<string, unknown>> | null
}

export interface Contract {
  readonly description: string
  readonly promises: Readonly<Record<string, string>>
  readonly topics: readonly Topic[]
  /** The document itself. */
  readonly text: string
}

export function readContract(): Contract {
  const text = readFileSync(FILE, 'utf8')
  const { info, channels, components } = Contract.parse(JSON.parse(text))
  const topics = Object.entries(channels).map(([id, { address, description, bindings }]): Topic => {
    const message = components.messages[id]
    return {
      name: address,
      why: description,
      key: message?.bindings.kafka.key.description ?? '',
      holds: message?.summary ?? '',
      kept: keptFor(bindings.kafka.topicConfiguration),
      schema: message?.payload?.schema ?? null,
    }
  })
  return { description: info.description, promises: info['x-promises'], topics, text }
}

const keptFor = (
  configuration: z.output<typeof Channel>['bindings']['kafka']['topicConfiguration'],
): string => {
  const retention = configuration['retention.ms']
  return configuration['cleanup.policy'].includes('compact')
    ? 'the newest record of each key, for ever'
    : `${Math.round((retention ?? 0) / DAY_MS)} days`
}
