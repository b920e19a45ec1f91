/**
 * A processor whose decisions are followed. The spans of a decision end when its transaction is committed: what was not
 * committed was not done, and has no span.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span, SpanContext } from '@opentelemetry/api'
import { HEADER } from '../../core/topics.ts'
import { headerText } from '../kafka/record-headers.ts'
import type {
  Decision,
  InputOutcome,
  InputRecord,
  InternalInput,
  Output,
  Oversized,
  PartitionContext,
  PartitionProcessor,
  Processor,
  State,
} from '../partitions/processor.ts'
import { processing, sending } from './conventions.ts'
import { exemplarOf, fail, type SpanStart, type Spans } from './spans.ts'
import {
  intentOf,
  isLeftOut,
  isSampled,
  readTraceParent,
  traceIdOf,
  traceParentText,
} from './trace-context.ts'
import type { Intent, Stories, Story, Tracing } from './tracing.ts'

type Input<Internal> = InputRecord | InternalInput<Internal>

/** A record may grow by a header where it is far from what any topic takes. */
const GROWS_BELOW_BYTES = 256 * 1024

/** Ends with the transaction, among the effects of its decision. */
class Committed {
  readonly spans: readonly Span[]

  constructor(spans: readonly Span[]) {
    this.spans = spans
  }
}

/** What comes of an effect later than this is linked to it: a span does not grow for days. */
const FOLLOWS_WITHIN_MS = 60_000

interface Following {
  readonly context: SpanContext
  readonly sinceMs: number
}

/** What all partitions of a process share. */
interface Followed {
  readonly spans: Spans
  readonly group: string
  /** What the effects follow from that are performed, and whatever comes of them. */
  readonly current: AsyncLocalStorage<Following>
  readonly ofEffect: WeakMap<object, SpanContext>
  readonly ofOutcome: WeakMap<InputOutcome, SpanContext>
}

export function createProcessorTracing(spans: Spans): Pick<Tracing, 'processor' | 'exemplarOf'> & {
  readonly current: () => SpanContext | undefined
} {
  const current = new AsyncLocalStorage<Following>()
  const ofEffect = new WeakMap<object, SpanContext>()
  const ofOutcome = new WeakMap<InputOutcome, SpanContext>()
  const followed = { spans, current, ofEffect, ofOutcome }
  return {
    processor: <Internal, Effect>(
      processor: Processor<Internal, Effect>,
      stories: Stories<Internal, Effect>,
    ) => ({
      ...processor,
      open: (context: PartitionContext<Internal>) =>
        new TracedPartition(processor.open(context), stories, { ...followed, group: processor.group }),
    }),
    exemplarOf: outcome => {
      const context = ofOutcome.get(outcome)
      return context && exemplarOf(context)
    },
    current: () => current.getStore()?.context,
  }
}

class TracedPartition<Internal, Effect> implements PartitionProcessor<Internal, Effect> {
  readonly #inner: PartitionProcessor<Internal, Effect>
  readonly #stories: Stories<Internal, Effect>
  readonly #followed: Followed
  /** Of inputs that a fact was looked up for, by their headers: with the fact the record is another one. */
  readonly #lookedUp = new WeakMap<object, Span>()
  /** Of inputs that are being decided. */
  readonly #deciding = new WeakMap<object, { readonly span: Span; readonly story: Story }>()
  #state: State | undefined

  constructor(
    inner: PartitionProcessor<Internal, Effect>,
    stories: Stories<Internal, Effect>,
    followed: Followed,
  ) {
    this.#inner = inner
    this.#stories = stories
    this.#followed = followed
  }

  started(state: State, isLedgerCut: boolean): void {
    this.#state = state
    this.#inner.started(state, isLedgerCut)
  }

  stopped(): void {
    this.#inner.stopped()
  }

  lookUp(record: InputRecord, signal: AbortSignal): Promise<unknown> | null {
    const story = this.#state && this.#stories.storyOf(record, this.#state)
    const span = story ? this.#begin(record, story) : null
    if (span === null) return this.#inner.lookUp(record, signal)
    this.#lookedUp.set(record.headers, span)
    const following = { context: span.spanContext(), sinceMs: performance.now() }
    return this.#followed.current.run(following, () => this.#inner.lookUp(record, signal))
  }

  decide(input: Input<Internal>, state: State): Decision<Effect> {
    const story = this.#stories.storyOf(input, state)
    const span = story && (this.#waiting(input) ?? this.#begin(input, story))
    if (span === null || story === null) return this.#inner.decide(input, state)
    this.#deciding.set(input, { span, story })
    return this.#follow(this.#inner.decide(input, state), span, story)
  }

  refuse(input: Input<Internal>, oversized: Oversized, decision: Decision<Effect>): Decision<Effect> {
    const effects = decision.effects.filter(effect => !(effect instanceof Committed))
    const refusal = this.#inner.refuse(input, oversized, { ...decision, effects })
    const followed = this.#deciding.get(input)
    return followed === undefined ? refusal : this.#follow(refusal, followed.span, followed.story)
  }

  perform(effects: readonly Effect[]): void {
    const { current, ofEffect } = this.#followed
    let plain: Effect[] = []
    const performPlain = () => {
      if (plain.length > 0) this.#inner.perform(plain)
      plain = []
    }
    for (const effect of effects) {
      const context = isObject(effect) ? ofEffect.get(effect) : undefined
      if (effect instanceof Committed) for (const span of effect.spans) span.end()
      else if (context === undefined) plain.push(effect)
      else {
        performPlain()
        current.run({ context, sinceMs: performance.now() }, () => this.#inner.perform([effect]))
      }
    }
    performPlain()
  }

  #waiting(input: Input<Internal>): Span | undefined {
    return input.type === 'record' ? this.#lookedUp.get(input.headers) : undefined
  }

  /** Null when nobody keeps it. */
  #begin(input: Input<Internal>, story: Story): Span | null {
    const { spans, group } = this.#followed
    const mayBeLeftOut = spans.followsParents && story.continues && input.type === 'record'
    if (mayBeLeftOut && isLeftOut(input.headers)) return null
    const { from, isRecent } = this.#origin(input)
    const follows = from !== null && isRecent && (story.continues || from.traceId === traceIdOf(story.key))
    if (follows) {
      const isKept = spans.keeps(from.traceId, from)
      return isKept ? spans.start({ ...this.#describe(input, group), parent: from }) : null
    }
    const traceId = traceIdOf(story.key)
    if (!spans.keeps(traceId, null)) return null
    const links = [from, story.cause ?? null].filter(link => link !== null).filter(isSampled)
    return spans.start({ ...this.#describe(input, group), parent: null, traceId, links })
  }

  /** What it follows from, as far as it says or is known. */
  #origin(input: Input<Internal>): { readonly from: SpanContext | null; readonly isRecent: boolean } {
    if (input.type === 'record')
      return { from: readTraceParent(headerText(input.headers, HEADER.traceParent)), isRecent: true }
    const following = this.#followed.current.getStore()
    if (following === undefined) return { from: null, isRecent: false }
    const { context: from, sinceMs } = following
    return { from, isRecent: performance.now() - sinceMs < FOLLOWS_WITHIN_MS }
  }

  #describe(input: Input<Internal>, group: string): Pick<SpanStart, 'name' | 'kind' | 'attributes'> {
    if (input.type === 'record') return processing(input, group)
    return { name: `decide ${this.#stories.nameOf(input.input)}`, kind: 'internal', attributes: {} }
  }

  #follow(decision: Decision<Effect>, span: Span, story: Story): Decision<Effect> {
    const { outcome } = decision
    const topics = new Map<string, Span>()
    const counts = countsOf(decision.outputs)
    for (const [topic, count] of counts)
      topics.set(topic, this.#followed.spans.start({ ...sending(topic, count), parent: span.spanContext() }))
    const intents = decision.effects.flatMap(effect => this.#intend(effect, span, story) ?? [])
    if (outcome !== null) {
      this.#followed.ofOutcome.set(outcome, span.spanContext())
      span.setAttribute('atsflow.outcome', outcome.name)
      if (outcome.reason !== '') span.setAttribute('atsflow.reason', outcome.reason)
      if (outcome.name === 'dead_lettered') fail(span, outcome.reason)
    }
    const ended = new Committed([...intents, ...topics.values(), span])
    return {
      outcome,
      outputs: decision.outputs.map(output => withContext(output, topics.get(output.topic))),
      // Cast: `perform` takes it out again before anybody sees it.
      effects: [...decision.effects, ended as Effect],
    }
  }

  /** What follows from an effect has it, or its intent, to thank. */
  #intend(effect: Effect, span: Span, story: Story): Span | null {
    const { ofEffect } = this.#followed
    const decision = span.spanContext()
    const intent = this.#stories.intentOf(effect)
    const intended = intent === null ? null : this.#intent(intent, decision, story)
    if (isObject(effect)) ofEffect.set(effect, intended?.spanContext() ?? decision)
    return intended
  }

  #intent({ operation, entityKey, attempt }: Intent, decision: SpanContext, story: Story): Span {
    const { traceId, spanId } = intentOf(story.key, entityKey, attempt)
    const isOwn = decision.traceId === traceId
    return this.#followed.spans.start({
      ...{ name: `intend ${operation}`, kind: 'internal', traceId, spanId, like: decision },
      attributes: { 'atsflow.operation': operation, 'atsflow.attempt': attempt },
      parent: isOwn ? decision : null,
      links: isOwn ? [] : [decision],
    })
  }
}

function countsOf(outputs: readonly Output[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { topic } of outputs) counts.set(topic, (counts.get(topic) ?? 0) + 1)
  return counts
}

function withContext(output: Output, sent: Span | undefined): Output {
  const { headers, value } = output
  const isThere = headers?.[HEADER.traceParent] !== undefined
  if (sent === undefined || value === null || !(isThere || value.length < GROWS_BELOW_BYTES)) return output
  return { ...output, headers: { ...headers, [HEADER.traceParent]: traceParentText(sent.spanContext()) } }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
