/** What decides in a folder of this project: here, or in a worktree of another version. */
import { pathToFileURL } from 'node:url'
import type { Decision, InputRecord, State } from '../../../services/platform/partitions/processor.ts'
import type { Webhook } from './made-webhooks.ts'

export interface Build {
  /** As Kafka hands them over: keys, values and headers are bytes. None for what ingress cannot read. */
  readonly recordsOf: (webhook: Webhook, number: number) => readonly InputRecord[]
  readonly decide: (record: InputRecord, state: State) => Decision<unknown>
}

const RECEIVED_AT_MS = Date.UTC(2026, 0, 15, 9, 30)

/** @param root the project's folder, with node_modules */
export async function loadBuild(root: string): Promise<Build> {
  const load = (path: string) => import(new URL(`services/${path}`, pathToFileURL(`${root}/`)).href)
  const { decideRecord }: typeof import('../../../services/normalizer/decide.ts') =
    await load('normalizer/decide.ts')
  const { createCodec }: typeof import('../../../services/platform/avro/codec.ts') =
    await load('platform/avro/codec.ts')
  const { receive }: typeof import('../../../services/platform/raw-events/receive.ts') = await load(
    'platform/raw-events/receive.ts',
  )
  const { discoverSources }: typeof import('../../../services/platform/connections/discover-sources.ts') =
    await load('platform/connections/discover-sources.ts')
  const sources = await discoverSources()
  const settings = new Map([...sources].map(([name, source]) => [name, source.settings.parse({})]))
  const ports = {
    ...{ sources, codec: createCodec({ idOf: () => 1, writerSchema: async () => null }) },
    settingsOf: (source: string) => settings.get(source) ?? {},
    ...{ hostsOf: () => [], companyName: () => null, partitionOf: () => 0 },
    ...{ personKeySecret: 'bench-person-key', normalizerVersion: 'bench' },
  }
  return {
    decide: (record, state) => decideRecord(record, state, ports),
    recordsOf({ source: name, headers, body }, number) {
      const source = sources.get(name)
      if (source === undefined) throw new Error(`there is no source ${name}`)
      const timestampMs = RECEIVED_AT_MS + number
      const receipt = receive(
        source,
        { headers, body },
        {
          ...{ source: name, tenant: 'default', settings: settings.get(name) ?? {}, auth: 'bearer' },
          ...{ receivedAtMs: timestampMs, contentEncoding: null },
          contentType: headers['content-type'] ?? 'application/json',
          traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        },
      )
      if (receipt.type !== 'routed') return []
      return receipt.records.map(({ record }, index) => ({
        ...{ type: 'record', topic: record.topic, partition: 1, offset: 10 * number + index },
        ...{ key: Buffer.from(record.key), value: record.value, timestampMs, fact: null },
        headers: Object.fromEntries(
          Object.entries(record.headers).map(([header, text]) => [header, Buffer.from(text)]),
        ),
      }))
    },
  }
}
