import { createHmac } from 'node:crypto'
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

  const trusting = { secret: null, pinnedHeader: null }

  it('is kept whatever it says, keyed by its own id where it names nobody', () => {
    const body = Buffer.from([0xff, 0x00])
    const { record, eventId } = onlyRecordOf(receiveCallback(requestOf(body), callback, trusting))
    expect([record.topic, record.key, record.value]).toEqual(['pulsifi.raw', eventId, body])
    expect(record.headers).toMatchObject({
      ce_source: '/hooks/pulsifi/default',
      'atsflow-auth': 'path-token',
    })
  })

  it('has the same key as any other one about the candidate of its tenant, which does not show who it is', () => {
    const keyOf = (body: object, tenant = 'default') =>
      onlyRecordOf(receiveCallback(requestOf(JSON.stringify(body)), { ...callback, tenant }, trusting)).record
        .key
    const key = keyOf({ event_body: { candidate_id: 'c-1', scores: [1] } })
    expect(keyOf({ candidate_id: 'c-1', ext_reference_id: 'e' })).toBe(key)
    expect(key).not.toContain('c-1')
    expect(keyOf({ candidate_id: 'c-2' })).not.toBe(key)
    expect(keyOf({ candidate_id: 'c-1' }, 'acme')).not.toBe(key)
  })

  it.each([
    ['the secret', 's3cret', 'equal'],
    ['its signature', createHmac('sha256', 's3cret').update('{}').digest('hex'), 'hmac-sha256-hex'],
  ])('says which header has proven the secret: %s', (_name, value, form) => {
    const policy = { secret: 's3cret', pinnedHeader: null }
    const receipt = receiveCallback(requestOf('{}', { 'x-any': value }), callback, policy)
    const auth = `path-token; secret=${form}; header=x-any`
    expect(onlyRecordOf(receipt).record.headers['atsflow-auth']).toBe(auth)
  })

  it('is refused when no header proves the secret that was agreed', () => {
    const policy = { secret: 's3cret', pinnedHeader: null }
    for (const headers of [{}, { 'x-secret': 'other' }])
      expect(receiveCallback(requestOf('{}', headers), callback, policy)).toEqual({ type: 'refused' })
  })

  it('is refused when the pinned header does not prove the secret', () => {
    const policy = { secret: 's3cret', pinnedHeader: 'x-secret' }
    const receive = (headers: Record<string, string>) =>
      receiveCallback(requestOf('{}', headers), callback, policy)
    expect(receive({ 'x-other': 's3cret' }).type).toBe('refused')
    expect(receive({ 'x-secret': 's3cret' }).type).toBe('routed')
  })
})
