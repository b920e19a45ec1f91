/** Traces as the processes see them. */
import type { IncomingMessage } from 'node:http'
import type { SpanContext } from '@opentelemetry/api'
import type { InputOutcome, InputRecord, InternalInput, Processor, State } from '../partitions/processor.ts'
import type { Exemplar } from '../process/metrics.ts'
import type { RawRecord } from '../raw-events/record.ts'

export interface Tracing {
  readonly webhook: TraceWebhook
  /** The same processor, with a span for each decision, each topic that it writes and each call that it intends. */
  readonly processor: <Internal, Effect>(
    processor: Processor<Internal, Effect>,
    stories: Stories<Internal, Effect>,
  ) => Processor<Internal, Effect>
  /** Of an outcome whose decision is kept. */
  readonly exemplarOf: (outcome: InputOutcome) => Exemplar | undefined
  /** @param origin where the requests go */
  readonly requests: (origin: string) => TraceRequest
}

/** One webhook, from its headers to its answer. */
export interface WebhookTrace {
  readonly store: Store
  /** @param of as far as a connection has proven it */
  readonly end: (of: {
    readonly source: string
    readonly tenant: string | null
    readonly status: number
  }) => Exemplar | undefined
}

type Store = (records: readonly RawRecord[]) => Promise<{ readonly type: string }>

export type TraceWebhook = <S extends Store>(
  request: IncomingMessage,
  store: S,
) => WebhookTrace & { readonly store: S }

/** A request that has ended just now. */
export type TraceRequest = (operation: string, status: string, durationMs: number) => Exemplar | undefined

/** Whose story an input or an effect belongs to: what the runtime cannot know of a process. */
export interface Stories<Internal, Effect> {
  /** Null: nobody's, and it is not followed. */
  readonly storyOf: (input: InputRecord | InternalInput<Internal>, state: State) => Story | null
  readonly nameOf: (input: Internal) => string
  /** The call that an effect intends, in the story of the decision; null for the other effects. */
  readonly intentOf: (effect: Effect) => Intent | null
}

export interface Story {
  /** Of the candidate or job. */
  readonly key: string
  /** It goes on in the trace of its record, since no time lies between. */
  readonly continues: boolean
  /** What it comes back to after a long time. */
  readonly cause?: SpanContext | null
}

export interface Intent {
  readonly operation: string
  readonly entityKey: string
  readonly attempt: number
}
