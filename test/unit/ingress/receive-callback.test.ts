import { describe, expect, it } from 'vitest'
import { type CallbackReceipt, receiveCallback } from '../../../services/ingress/receive-callback.ts'
import { arrival, requestOf } from '../platform/delivery.ts'

function onlyRecordOf(receipt: CallbackReceipt) {
  const [record, ...more] = receipt.type === 'routed' ? receipt.records : []
  if (record === undefined || more.length > 0) throw new Error('not one record')
  return record
}

describe('a callback of Pulsifi', () => {
  const callback = { ...arrival, source: 'pulsifi', auth: 'path-token' }

  it('is kept whatever it says, keyed by what it says', () => {
    const body = Buffer.from([0xff, 0x00])
    const { record, eventId } = onlyRecordOf(
      receiveCallback(requestOf(body), callback, { secret: null, pinnedHeader: null }),
    )
    expect([record.topic, record.key, record.value]).toEqual(['pulsifi.raw', eventId, body])
    expect(record.headers).toMatchObject({
      ce_source: '/hooks/pulsifi/default',
      'atsflow-auth': 'path-token',
    })
  })

  it.each([
    ['a header with the secret', { 'x-secret': 's3cret' }, 'path-token; secret=equal; header=x-secret'],
    ['no such header', { 'x-secret': 'other' }, 'path-token; secret=none'],
  ])('is accepted while observing with %s, and says so', (_name, headers, auth) => {
    const receipt = receiveCallback(requestOf('{}', headers), callback, {
      secret: 's3cret',
      pinnedHeader: null,
    })
    expect(onlyRecordOf(receipt).record.headers['atsflow-auth']).toBe(auth)
  })

  it('is refused when the pinned header does not prove the secret', () => {
    const policy = { secret: 's3cret', pinnedHeader: 'x-secret' }
    const receive = (headers: Record<string, string>) =>
      receiveCallback(requestOf('{}', headers), callback, policy)
    expect(receive({ 'x-other': 's3cret' }).type).toBe('refused')
    expect(receive({ 'x-secret': 's3cret' }).type).toBe('routed')
  })
})
