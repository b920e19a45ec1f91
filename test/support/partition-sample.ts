/** The smallest process that uses all of the runtime: two inputs, a table of the newest version of each key, an output. */
import type {
  Decision,
  InputRecord,
  InternalInput,
  OutcomeName,
  Processor,
  State,
} from '../../services/platform/partitions/processor.ts'

export interface SampleTopics {
  readonly group: string
  /** Written by an idempotent producer: without holes. */
  readonly plain: string
  /** Written in transactions, some of them aborted: with holes. */
  readonly transactional: string
  readonly table: string
  readonly output: string
}

export const sampleTopics = (run: string): SampleTopics => ({
  group: `${run}.group`,
  plain: `${run}.plain`,
  transactional: `${run}.transactional`,
  table: `${run}.table`,
  output: `${run}.output`,
})

/** What an input record says. `skip` stands for a reasoned refusal. */
export interface SampleInput {
  readonly version: number
  readonly skip?: boolean
}
/** What is kept of a key, and published of each accepted version. `seen` counts the accepted ones. */
export interface SampleVersion {
  readonly version: number
  readonly seen: number
}

export const readJson = <T>(value: Buffer | null): T => JSON.parse(String(value)) as T

/** Newer than the stored version is published; anything else is a duplicate. */
export function createSample(topics: SampleTopics): Processor<never, never> {
  return {
    group: topics.group,
    inputs: [topics.plain, topics.transactional],
    outputs: [topics.output],
    tables: [
      {
        topic: topics.table,
        entries: (key, value) => [[key, value === null ? undefined : readJson<SampleVersion>(value)]],
      },
    ],
    prepare: async () => undefined,
    open: () => ({
      started: () => undefined,
      lookUp: () => null,
      decide: (input, state) => decide(input, state, topics),
      refuse: () => settled('dead_lettered'),
      perform: () => undefined,
      stopped: () => undefined,
    }),
  }
}

function decide(
  input: InputRecord | InternalInput<never>,
  state: State,
  { output, table }: SampleTopics,
): Decision<never> {
  if (input.type === 'internal') return { outcome: null, outputs: [], effects: [] }
  const key = String(input.key)
  const { version, skip } = readJson<SampleInput>(input.value)
  if (skip) return settled('skipped')
  const stored = state.get(key) as SampleVersion | undefined
  if (stored !== undefined && stored.version >= version) return settled('duplicate')
  const next: SampleVersion = { version, seen: (stored?.seen ?? 0) + 1 }
  const value = Buffer.from(JSON.stringify(next))
  return {
    ...settled('published'),
    outputs: [
      { topic: output, key, value },
      { topic: table, key, value },
    ],
  }
}

const settled = (name: OutcomeName): Decision<never> => ({
  outcome: { name, source: 'sample', tenant: 'default', reason: '' },
  outputs: [],
  effects: [],
})
