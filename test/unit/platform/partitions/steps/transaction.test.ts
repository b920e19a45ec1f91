import type { Producer, RecordMetadata } from 'kafkajs'
import { describe, expect, it } from 'vitest'
import { InputCursor } from '../../../../../services/platform/partitions/input-cursor.ts'
import { commitStep, endOf, Offsets } from '../../../../../services/platform/partitions/steps/transaction.ts'

const record = (key: string, partition: number, bytes: number) => ({ key, value: null, partition, bytes })
const RECORDS = new Map([
  ['one', [record('a', 2, 50)]],
  ['two', [record('b', 2, 50)]],
])
const SENT = 'sendBatch one:a,two:b'
const OFFSETS = [{ topic: 'in', offset: '7', metadata: '{}' }]

interface Sent {
  readonly topic: string
  readonly messages: readonly { readonly key: string }[]
}
const inWords = ({ topic, messages }: Sent) => `${topic}:${messages.map(({ key }) => key).join('')}`

/** A producer that writes down what is asked of it, and notices requests that overlap. */
function fakeProducer(failures: Readonly<Record<string, readonly string[]>> = {}) {
  const did: string[] = []
  const left = new Map(Object.entries(failures).map(([name, types]) => [name, [...types]]))
  let open = 0
  const request = (name: string) => async (argument?: { topicMessages?: readonly Sent[] }) => {
    did.push(`${name}${argument?.topicMessages ? ` ${argument.topicMessages.map(inWords)}` : ''}`)
    if (++open > 1) did.push('OVERLAP')
    await new Promise(resolve => setImmediate(resolve))
    open--
    const type = left.get(name)?.shift()
    if (type !== undefined) throw Object.assign(new Error(type), { type })
    return [] as RecordMetadata[]
  }
  const transaction = {
    ...{ sendBatch: request('sendBatch'), send: request('send'), sendOffsets: request('sendOffsets') },
    ...{ commit: request('commit'), abort: request('abort'), isActive: () => true },
  }
  // Cast: of the producer, a step uses nothing but its transactions.
  const producer = { transaction: async () => transaction } as unknown as Producer
  return {
    did,
    transaction,
    commit: (records = RECORDS, offsets = OFFSETS) =>
      commitStep(producer, 'group', 2, records, offsets, () => 500),
  }
}

describe('a step', () => {
  it('sends all outputs at once, then the offsets, then commits, one request at a time', async () => {
    const { did, commit } = fakeProducer()
    await commit()
    expect(did).toEqual(['sendBatch one:a,two:b', 'sendOffsets', 'commit'])
  })

  it('makes several requests of what no batch takes, each partition in its order', async () => {
    const { did, commit } = fakeProducer()
    const many = [record('a', 2, 200), record('b', 1, 400), record('c', 2, 200), record('d', 2, 100)]
    await commit(new Map([...RECORDS, ['many', [...many, record('e', 2, 900), record('f', 1, 20)]]]))
    expect(did).toEqual([
      ...['sendBatch one:a,two:b,many:abcf', 'sendBatch many:d', 'sendBatch many:e'],
      ...['sendOffsets', 'commit'],
    ])
  })

  it('would be found out if it sent its topics at the same time', async () => {
    const { did, transaction } = fakeProducer()
    await Promise.all([transaction.send(), transaction.send()])
    expect(did).toContain('OVERLAP')
  })

  it('without outputs begins with the offsets', async () => {
    const { did, commit } = fakeProducer()
    await commit(new Map())
    expect(did).toEqual(['sendOffsets', 'commit'])
  })

  it('does not ask for offsets where none have moved', async () => {
    const { did, commit } = fakeProducer()
    await commit(RECORDS, [])
    expect(did).toEqual([SENT, 'commit'])
  })

  it.each([
    ['sendBatch', 'REQUEST_TIMED_OUT', [SENT]],
    ['sendOffsets', 'INVALID_PRODUCER_EPOCH', [SENT, 'sendOffsets']],
    ['commit', 'REQUEST_TIMED_OUT', [SENT, 'sendOffsets', 'commit']],
    ['commit', 'CONCURRENT_TRANSACTIONS', [SENT, 'sendOffsets', 'commit']],
  ])(
    'is given up when %s fails with %s: the next fence says what became of it',
    async (name, type, requests) => {
      const { did, commit } = fakeProducer({ [name]: [type] })
      await expect(commit()).rejects.toThrow(type)
      expect(did).toEqual(requests)
    },
  )
})

describe('where outputs stand', () => {
  const sent = (baseOffset?: string): RecordMetadata[] => [
    { topicName: 'table', partition: 1, errorCode: 0, baseOffset: '900' },
    { topicName: 'other', partition: 2, errorCode: 0, baseOffset: '800' },
    { topicName: 'table', partition: 2, errorCode: 0, ...(baseOffset !== undefined && { baseOffset }) },
  ]
  const request = (baseOffset?: string) => ({
    records: new Map([['table', [...'xyz'].map(key => record(key, 2, 1)).concat(record('elsewhere', 1, 1))]]),
    sent: sent(baseOffset),
  })
  it('is behind the last of them in the own partition', () => {
    expect(endOf([request('40')], 'table', 2)).toBe(43)
    expect(endOf([request('40'), request('50')], 'table', 2)).toBe(53)
    expect(endOf([request('40'), { records: RECORDS, sent: [] }], 'table', 2)).toBe(43)
    expect(endOf([request('40')], 'other', 2)).toBeNull()
  })
  it.each([['-1'], [undefined]])('is unknown, which is an error, when the broker says %s', baseOffset => {
    expect(() => endOf([request(baseOffset)], 'table', 2)).toThrow('no base offset for table')
  })
})

describe('the offsets of a commit', () => {
  const cursorAt = (topic: string, position: number) => new InputCursor(topic, position, null, 0)
  const offsetsOf = (...cursors: readonly InputCursor[]) =>
    new Offsets(new Map(cursors.map(cursor => [cursor.topic, cursor])))
  const placesOf = (offsets: ReturnType<Offsets['take']>) =>
    offsets.map(({ topic, offset }) => `${topic}@${offset}`)

  it('are what is decided, with the counts as metadata', () => {
    const cursor = cursorAt('in', 5)
    cursor.arrive(5, null, () => 'duplicate')
    cursor.arrive(6, new Promise(() => undefined), () => 'published')
    const [commit] = offsetsOf(cursor).take(true)
    expect(commit).toMatchObject({ topic: 'in', offset: '6' })
    expect(JSON.parse(commit?.metadata ?? '')).toMatchObject({
      ...{ first: 5, duplicate: 1, published: 0, void: 0 },
    })
  })

  it('are all of them at first, and then those that have moved', () => {
    const [one, two] = [cursorAt('one', 5), cursorAt('two', 7)]
    const offsets = offsetsOf(one, two)
    expect(placesOf(offsets.take(true))).toEqual(['one@5', 'two@7'])
    two.arrive(7, null, () => 'published')
    expect(placesOf(offsets.take(true))).toEqual(['two@8'])
    one.pass(9)
    expect(placesOf(offsets.take(false))).toEqual(['one@9'])
    expect(placesOf(offsets.take(true))).toEqual([])
  })

  it('are all of them where nothing else is written, so that a fence refuses the commit', () => {
    const offsets = offsetsOf(cursorAt('one', 5), cursorAt('two', 7))
    offsets.take(true)
    expect(placesOf(offsets.take(false))).toEqual(['one@5', 'two@7'])
  })
})
