/** The normalizer as the runtime runs it: raw records in, canonical records out, and what is known of each key. */
import type { CanonicalRecord } from '../core/canonical.ts'
import { andThen, type Outcome, ok } from '../core/outcome.ts'
import { type RawEventHeaders, readRawEventHeaders } from '../core/raw-event.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB, HEADER, rawTopic, redriveTopic } from '../core/topics.ts'
import type { Codec } from '../platform/avro-codec.ts'
import type { BlobStore } from '../platform/blob-store.ts'
import { deadLetter } from '../platform/dead-letter.ts'
import type {
  Decision,
  InputOutcome,
  InputRecord,
  InternalInput,
  Output,
  PartitionProcessor,
  Processor,
  State,
} from '../platform/processor.ts'
import { headerText } from '../platform/record-headers.ts'
import type { NormalizeContext } from './normalize.ts'
import { normalize } from './normalize.ts'
import { compare, keepClock, type Version, versionOf } from './version-of.ts'

const GROUP = 'normalizer'

export interface NormalizerPorts extends Omit<NormalizeContext, 'event' | 'raw'> {
  readonly codec: Codec
  readonly blobs: Pick<BlobStore, 'get'>
}

export function createNormalizer(ports: NormalizerPorts): Processor<never, never> {
  const { codec } = ports
  const versionFrom = (canonical: CanonicalRecord): Version =>
    versionOf(canonical, item => encode(codec, item))
  const partition: PartitionProcessor<never, never> = {
    started: () => undefined,
    stopped: () => undefined,
    perform: () => undefined,
    lookUp: record => {
      const dataRef = headerText(record.headers, HEADER.dataRef)
      return dataRef === undefined ? null : ports.blobs.get(dataRef)
    },
    decide: (input, state) => decide(input, state, ports, versionFrom),
  }
  return {
    group: GROUP,
    inputs: [...[...ports.sources.keys()].map(rawTopic), redriveTopic('normalizer')],
    tables: [
      {
        topic: CANONICAL_JOB,
        entries: (key, value) => [
          [
            `job ${key}`,
            value === null
              ? undefined
              : versionFrom({ type: 'job', record: codec.decode(CANONICAL_JOB, value) }),
          ],
        ],
      },
      {
        topic: CANONICAL_CANDIDATE,
        entries: (key, value) => [
          [
            `candidate ${key}`,
            value === null
              ? undefined
              : versionFrom({ type: 'candidate', record: codec.decode(CANONICAL_CANDIDATE, value) }),
          ],
        ],
      },
    ],
    prepare: values => codec.prepare(values),
    open: () => partition,
  }
}

const encode = (codec: Codec, canonical: CanonicalRecord): Buffer =>
  canonical.type === 'job'
    ? codec.encode(CANONICAL_JOB, canonical.record)
    : codec.encode(CANONICAL_CANDIDATE, canonical.record)

function decide(
  input: InputRecord | InternalInput<never>,
  state: State,
  ports: NormalizerPorts,
  versionFrom: (canonical: CanonicalRecord) => Version,
): Decision<never> {
  if (input.type === 'internal') return { outcome: null, outputs: [], effects: [] }
  const headers = readRawEventHeaders(name => headerText(input.headers, name))
  const label = labelOf(headers, input)
  const normalized = andThen(headers, event =>
    andThen(normalize(bodyOf(input), contextOf(event, input, ports)), ok),
  )
  switch (normalized.type) {
    case 'skip':
      return settled({ ...label, name: 'skipped', reason: normalized.reason })
    case 'reject': {
      const refusal = {
        process: GROUP,
        group: GROUP,
        stage: 'normalize',
        code: normalized.code,
        detail: normalized.detail,
      } as const
      return settled({ ...label, name: 'dead_lettered', reason: normalized.code }, deadLetter(input, refusal))
    }
    case 'ok':
      return publish(normalized.value, input, label, state, ports, versionFrom)
  }
}

function publish(
  incoming: CanonicalRecord,
  input: InputRecord,
  label: Pick<InputOutcome, 'source' | 'tenant'>,
  state: State,
  ports: NormalizerPorts,
  versionFrom: (canonical: CanonicalRecord) => Version,
): Decision<never> {
  const key = incoming.type === 'job' ? incoming.record.job_key : incoming.record.candidate_key
  // Sound because only the tables above and this function write these entries.
  const known = state.get(`${incoming.type} ${key}`) as Version | undefined
  const canonical = keepClock(incoming, known)
  const version = versionFrom(canonical)
  const comparison = compare(version, known)
  if (comparison.type !== 'newer') return settled({ ...label, name: 'duplicate', reason: comparison.type })
  return settled(
    { ...label, name: 'published', reason: '' },
    {
      topic: canonical.type === 'job' ? CANONICAL_JOB : CANONICAL_CANDIDATE,
      key,
      value: encode(ports.codec, canonical),
      headers: tracing(input),
      entries: [[`${canonical.type} ${key}`, version]],
    },
  )
}

const settled = (outcome: InputOutcome, ...outputs: readonly Output[]): Decision<never> => ({
  outcome,
  outputs,
  effects: [],
})

const bodyOf = ({ value, fact }: InputRecord): Uint8Array | null =>
  fact instanceof Uint8Array ? fact : value

const contextOf = (event: RawEventHeaders, input: InputRecord, ports: NormalizerPorts): NormalizeContext => ({
  ...ports,
  event,
  raw: { topic: input.topic, partition: input.partition, offset: input.offset },
})

/** Whose event it was, also when its headers cannot be read. */
function labelOf(
  headers: Outcome<RawEventHeaders>,
  input: InputRecord,
): Pick<InputOutcome, 'source' | 'tenant'> {
  return headers.type === 'ok'
    ? { source: headers.value.source, tenant: headers.value.tenant }
    : { source: input.topic.replace(/^ats\.raw\./, ''), tenant: 'unknown' }
}

/** The trace and the event go on with the record. */
function tracing({ headers }: InputRecord): Record<string, string> {
  const kept = [HEADER.id, HEADER.traceParent].flatMap(name => {
    const text = headerText(headers, name)
    return text === undefined ? [] : [[name, text] as const]
  })
  return Object.fromEntries(kept)
}
