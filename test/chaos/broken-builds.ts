/**
 * Builds that are broken on purpose, each in one of the places where a promise is kept: a suite that finds nothing in
 * them proves nothing. They exist as replacements of source text, applied to a copy, so that the product has no switch
 * for any of them. Text that is no longer there is an error: the replacement has to follow the code.
 */
export interface Replacement {
  readonly file: string
  readonly search: string
  readonly replace: string
}

/** What brings a build to light under load. */
export interface Load {
  /** In this order; they are few of many, since time is short. */
  readonly faults: readonly string[]
  readonly events: number
  readonly perSecond: number
}

export type BrokenBuild = { readonly replacements: readonly Replacement[] } & (
  | Load
  /** Files of tests that must fail. */
  | { readonly tests: readonly string[] }
)

const TIMES = (count: number, fault: string): readonly string[] => Array.from({ length: count }, () => fault)

export const BROKEN_BUILDS: Readonly<Record<string, BrokenBuild>> = {
  /** The store has the intent of a call, and the ledger's topic has not. */
  'intent not written': {
    replacements: [
      {
        file: 'services/platform/partitions/steps/steps.ts',
        search: '    records.push({\n',
        replace: `    const isIntent = output.entries?.some(
      ([, kept]) => typeof kept === 'object' && kept !== null && Reflect.get(kept, 'outcome') === 'INTENDED',
    )
    if (isIntent !== true) records.push({
`,
      },
    ],
    faults: ['kill sink after-request', 'state deleted', 'kill sink after-reply', 'state deleted'],
    events: 2_400,
    perSecond: 40,
  },
  /** Offsets of the inputs go first, in a transaction of their own; what was decided on them follows. */
  'offsets committed early': {
    replacements: [
      {
        file: 'services/platform/partitions/steps/transaction.ts',
        search: '  const transaction = await producer.transaction()\n',
        replace: `  const topics = offsets.map(({ topic, ...offset }) => ({ topic, partitions: [{ partition, ...offset }] }))
  const early = await producer.transaction()
  if (topics.length > 0) await early.sendOffsets({ consumerGroupId: group, topics })
  await early.commit()
  if (records.size === 0) return []
  const transaction = await producer.transaction()
`,
      },
      {
        file: 'services/platform/partitions/steps/transaction.ts',
        search: `  const topics = offsets.map(({ topic, ...offset }) => ({ topic, partitions: [{ partition, ...offset }] }))
  if (topics.length > 0) await transaction.sendOffsets({ consumerGroupId: group, topics })
`,
        replace: '',
      },
    ],
    faults: TIMES(4, 'kill sink before-commit'),
    events: 4_000,
    perSecond: 40,
  },
  /** Every owner writes under a name of its own, so that nobody keeps out the one before. */
  'fencing removed': {
    replacements: [
      {
        file: 'services/platform/kafka/fence.ts',
        search: '    transactionalId,\n',
        replace: `    transactionalId: \`\${transactionalId}-\${globalThis.process.pid}-\${performance.now()}\`,
`,
      },
    ],
    faults: [
      'sink joins',
      'normalizer joins',
      'zombie sink',
      'zombie normalizer',
      'zombie sink',
      'zombie normalizer',
    ],
    events: 12_000,
    perSecond: 120,
  },
  /**
   * Ingress sends each request by itself, while others are still on their way, and its client gives a request up before
   * ingress gives its answer: an acknowledgement that is false comes after that client's time-out, and by then nobody
   * waits for it any more with the time-outs there are. Its client does not keep the sends apart either.
   */
  'overlapping sends': {
    replacements: [
      {
        file: 'services/ingress/spool/producer-with-spool.ts',
        search: '    const answered = this.waiting.add(',
        replace: `    const connection = await this.client.connect()
    if (connection !== null) return await connection.send(records)
    const answered = this.waiting.add(`,
      },
      {
        file: 'services/platform/kafkajs/send-messages.ts',
        search: '    const sent = state.last.then(() =>',
        replace: '    const sent = Promise.resolve().then(() =>',
      },
      {
        file: 'services/platform/kafka/client.ts',
        search: '    requestTimeout: 15_000,\n',
        replace: '    requestTimeout: 1_000,\n',
      },
    ],
    faults: TIMES(3, 'broker stutters'),
    events: 6_000,
    perSecond: 100,
  },
  /** kafkajs sends as it was shipped: what is done is remembered for each broker. It takes several brokers to show it. */
  'success remembered per broker': {
    replacements: [
      {
        file: 'services/platform/kafkajs/kafkajs.ts',
        search: `exchange<(options: Omit<SendingOptions, 'errorFor'>) => (batch: BatchToSend) => Promise<unknown>>(
  'kafkajs/src/producer/sendMessages',
  () => options => createSendMessages({ ...options, errorFor }),
)`,
        replace:
          'export const unused = { createSendMessages, errorFor, ofBatch: (batch: BatchToSend) => batch }',
      },
      {
        file: 'services/platform/kafkajs/kafkajs.ts',
        search: "for (const version of ['v0', 'v3'])",
        replace: 'for (const version of [] as string[])',
      },
    ],
    tests: ['test/unit/platform/kafkajs/send-messages.test.ts', 'test/extended/cluster/sends.test.ts'],
  },
  /** The ledger does not keep how many changes an application's history has. */
  'history not counted': {
    replacements: [
      {
        file: 'services/pulsifi-sink/history/changes.ts',
        search: 'state_changes: first + steps.length }',
        replace: 'state_changes: first }',
      },
    ],
    tests: [
      'test/unit/pulsifi-sink/history/changes.test.ts',
      'test/unit/pulsifi-sink/decide/decide-model.test.ts',
    ],
  },
  /** A rebalance that is announced and does not come stops every commit for good. */
  'hold never released': {
    replacements: [
      {
        file: 'services/platform/partitions/owner.ts',
        search: '    else for (const tenure of this.#tenures.values()) tenure.release()\n',
        replace: '',
      },
    ],
    tests: ['test/unit/platform/partitions/owner.test.ts'],
  },
  /** What was decided in memory counts as done, committed or not. */
  'progress by decided': {
    replacements: [
      {
        file: 'services/platform/partitions/progress.ts',
        search: '  const isCommitted = tenure !== null && !tenure.hasOpenSteps\n',
        replace: '  const isCommitted = tenure !== null\n',
      },
    ],
    tests: ['test/unit/platform/partitions/watch.test.ts'],
  },
}

/** @throws Error when the text is not there exactly once. */
export function broken(text: string, { file, search, replace }: Replacement): string {
  const parts = text.split(search)
  if (parts.length !== 2)
    throw new Error(`${file} has ${parts.length - 1} times what a broken build replaces: ${search.trim()}`)
  return parts.join(replace)
}
