import { describe, expect, it } from 'vitest'
import { SpoolFailed, SpoolFull } from '../../../services/ingress/spool/lane.ts'
import { createEventStore } from '../../../services/ingress/store.ts'
import { Overloaded } from '../../../services/platform/kafka/producer-client.ts'
import type { RawRecord } from '../../../services/platform/raw-events/record.ts'

const record = (id: string, blobs: RawRecord['blobs'] = []): RawRecord => ({
  eventId: id,
  record: { topic: 't', key: id, value: Buffer.from(id), headers: {} },
  blobs,
})
const blob = { uri: 'blob:default/a/b', bytes: Buffer.from('x') }

/** A store over fakes, and what was done in which order. */
function storeWith({
  put = async () => {},
  send = async () => {},
}: {
  put?: () => Promise<void>
  send?: (key: string) => Promise<void>
}) {
  const did: string[] = []
  const store = createEventStore({
    blobs: {
      async put(uri) {
        await put()
        did.push(`put ${uri}`)
      },
    },
    producer: {
      async send(records) {
        for (const { key } of records) {
          await send(key)
          did.push(`send ${key}`)
        }
      },
    },
    log: { blobStoreFailed: () => {} },
    withinMs: 20,
    blobsWithinMs: 20,
  })
  return { store, did }
}

describe('storing', () => {
  it('writes bytes before the record that refers to them', async () => {
    const { store, did } = storeWith({})
    expect(await store([record('1', [blob]), record('2')])).toEqual({ type: 'stored' })
    expect(did).toEqual(['put blob:default/a/b', 'send 1', 'send 2'])
  })

  it('acknowledges nothing when one of several records was not taken', async () => {
    const send = async (key: string) => {
      if (key === '2') throw new SpoolFailed('no disk')
    }
    expect(await storeWith({ send }).store([record('1'), record('2')])).toEqual({
      type: 'unavailable',
      reason: 'SpoolFailed',
    })
  })

  it.each([
    ['overload', new Overloaded('stopping'), 'overloaded'],
    ['a full spool', new SpoolFull('full'), 'full'],
  ])('tells %s from failure', async (_name, error, type) => {
    const send = async () => {
      throw error
    }
    expect(await storeWith({ send }).store([record('1')])).toEqual({ type })
  })

  it('sends no record whose bytes could not be kept', async () => {
    const put = async () => {
      throw new Error('disk full')
    }
    const { store, did } = storeWith({ put })
    expect(await store([record('1', [blob])])).toEqual({ type: 'unavailable', reason: 'blob-store' })
    expect(did).toEqual([])
  })

  it('answers in time whatever hangs', async () => {
    const { store } = storeWith({ send: () => new Promise(() => {}) })
    expect(await store([record('1')])).toEqual({ type: 'unavailable', reason: 'timeout' })
  })

  it('does not begin to send after it has answered', async () => {
    const bytes = Promise.withResolvers<void>()
    const { store, did } = storeWith({ put: () => bytes.promise })
    await store([record('1', [blob])])
    bytes.resolve()
    await new Promise(resolve => setImmediate(resolve))
    expect(did).toEqual(['put blob:default/a/b'])
  })
})
