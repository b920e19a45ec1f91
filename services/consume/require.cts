/** For `require`: the same consumer, loaded when it is called. It answers with a promise in any case. */
import type { AvroTopic, ConsumeOptions, Consumption } from './consume.ts' with {
  'resolution-mode': 'import',
}

export type * from './consume.ts' with { 'resolution-mode': 'import' }

export async function consume<Topic extends AvroTopic>(options: ConsumeOptions<Topic>): Promise<Consumption> {
  const loaded = await import('./consume.ts')
  return loaded.consume(options)
}
