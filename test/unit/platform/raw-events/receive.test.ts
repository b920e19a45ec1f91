import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blobUri } from '../../../../services/core/blob.ts'
import { sha256Hex } from '../../../../services/core/identity.ts'
import { ok, skip } from '../../../../services/core/outcome.ts'
import { type Receipt, receive } from '../../../../services/platform/raw-events/receive.ts'
import type { RawRecord } from '../../../../services/platform/raw-events/record.ts'
import type { Source } from '../../../../services/sources/source.ts'
import { acme, arrival, candidateEvent, requestOf, sourceThat } from '../delivery.ts'

const recordsOf = (receipt: Receipt): readonly RawRecord[] => {
  if (receipt.type !== 'routed') throw new Error(`received as ${receipt.type}`)
  return receipt.records
}
const onlyRecordOf = (receipt: Receipt): RawRecord => {
  const [record, ...more] = recordsOf(receipt)
  if (record === undefined || more.length > 0) throw new Error('not one record')
  return record
}
const deadLetterOf = (receipt: Receipt): RawRecord => {
  if (receipt.type !== 'unroutable') throw new Error(`received as ${receipt.type}`)
  return receipt.record
}

describe('a webhook that can be read', () => {
  const body = '[{"id":"1"},{"id":"2"}]'

  it('becomes one record an event, each keyed by its entity, with the text of the event alone', () => {
    const records = recordsOf(receive(acme, requestOf(body), arrival)).map(({ record }) => record)
    expect(records.map(({ topic, key, value }) => [topic, key, value?.toString()])).toEqual([
      ['ats.raw.acme', 'acme:default:1', '{"id":"1"}'],
      ['ats.raw.acme', 'acme:default:2', '{"id":"2"}'],
    ])
  })

  it('is of the tenant of its company, where the connection names companies', () => {
    const source = sourceThat(() =>
      ok([
        candidateEvent('1', { company: 'c-1' }),
        candidateEvent('2', { company: 'c-2' }),
        candidateEvent('3'),
      ]),
    )
    const named = { ...arrival, settings: { companies: { 'c-1': 'wayne' } } }
    const records = recordsOf(receive(source, requestOf('{}'), named)).map(({ record }) => record)
    expect(records.map(({ key, headers }) => [key, headers.ce_source, headers['atsflow-tenant']])).toEqual([
      ['acme:wayne:1', '/hooks/acme/wayne', 'wayne'],
      ['acme:default:2', '/hooks/acme/default', 'default'],
      ['acme:default:3', '/hooks/acme/default', 'default'],
    ])
  })

  it('carries its metadata in headers', () => {
    const { record, eventId } = onlyRecordOf(receive(acme, requestOf('[{"id":"1"}]'), arrival))
    expect(record.headers).toEqual({
      ce_specversion: '1.0',
      ce_id: eventId,
      ce_source: '/hooks/acme/default',
      ce_type: 'candidate.update',
      ce_time: '2026-01-02T03:04:05.678Z',
      ce_subject: 'acme:default:1',
      'content-type': 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'atsflow-tenant': 'default',
      'atsflow-entity': 'candidate',
      'atsflow-body-sha256': sha256Hex('[{"id":"1"}]'),
      'atsflow-auth': 'bearer',
    })
  })

  it('has its text as value, whatever the body is', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 })
    const body = fc.oneof(
      text.map(whole => ({ text: whole, bytes: Buffer.from(whole) })),
      text.map(whole => ({ text: whole, bytes: Buffer.from(`\ufeff${whole}`) })),
      fc.record({ text, bytes: fc.uint8Array({ minLength: 1 }).map(Buffer.from) }),
      // What decodes to the text, and is not how the text is written.
      fc.constant({ text: 'a\ufffd', bytes: Buffer.from([0x61, 0xff]) }),
    )
    fc.assert(
      fc.property(body, given => {
        const source = sourceThat(() => ok([candidateEvent('1', { text: given.text })]))
        const { record } = onlyRecordOf(receive(source, requestOf(given.bytes), arrival))
        expect(record.value).toEqual(Buffer.from(given.text))
      }),
    )
  })

  it('gives its source no credential, even where the source asks for it', () => {
    const headers = { authorization: 'Bearer s3cret', 'x-acme-event': 'new' }
    const given: unknown[] = []
    const source: Source = {
      ...sourceThat(() => ok([])),
      splitHeaders: Object.keys(headers),
      split: request => {
        given.push(request.headers)
        return ok([candidateEvent('1')])
      },
    }
    receive(source, requestOf('[]', headers), arrival)
    expect(given).toEqual([{ 'x-acme-event': 'new', 'content-type': arrival.contentType }])
  })

  it('keeps the ids of its events when it is delivered again later', () => {
    const idsAt = (receivedAtMs: number) =>
      recordsOf(receive(acme, requestOf(body), { ...arrival, receivedAtMs })).map(record => record.eventId)
    expect(idsAt(1)).toEqual(idsAt(2))
  })

  it('gives different ids to events that differ in source, tenant, position, body or delivery', () => {
    const source = (deliveryId: string | null) => sourceThat(() => ok([candidateEvent('1', { deliveryId })]))
    const ids = [
      ...recordsOf(receive(acme, requestOf(body), arrival)).map(record => record.eventId),
      onlyRecordOf(receive(source(null), requestOf('other'), arrival)).eventId,
      onlyRecordOf(receive(source('d1'), requestOf('other'), arrival)).eventId,
      onlyRecordOf(receive(source(null), requestOf('other'), { ...arrival, tenant: 'x' })).eventId,
      onlyRecordOf(receive(source(null), requestOf('other'), { ...arrival, source: 'x' })).eventId,
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('is keyed by its own id when it is about no entity', () => {
    const source = sourceThat(() => ok([candidateEvent('1', { entity: null })]))
    const { record, eventId } = onlyRecordOf(receive(source, requestOf('x'), arrival))
    expect([record.key, record.headers.ce_subject]).toEqual([eventId, eventId])
  })

  it('names the delivery where the sender does', () => {
    const source = sourceThat(() => ok([candidateEvent('1', { deliveryId: 'd-1' })]))
    const { record } = onlyRecordOf(receive(source, requestOf('x'), arrival))
    expect(record.headers['atsflow-delivery-id']).toBe('d-1')
  })

  it('keeps no header of the request', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{12,20}$/), value => {
        const request = requestOf(body, { authorization: value, cookie: value, 'x-forwarded-for': value })
        const texts = recordsOf(receive(acme, request, arrival)).map(record => JSON.stringify(record))
        expect(texts.some(text => text.includes(value))).toBe(false)
      }),
      { numRuns: 20 },
    )
  })
})

describe('what does not travel through Kafka', () => {
  const limit = 512 * 1024
  const receiveText = (text: string) =>
    onlyRecordOf(
      receive(
        sourceThat(() => ok([candidateEvent('1', { text })])),
        requestOf('x'),
        arrival,
      ),
    )

  it('leaves a text of 512 KiB in the record', () => {
    const { record, blobs } = receiveText('x'.repeat(limit))
    expect([record.value?.length, record.headers.ce_dataref, blobs]).toEqual([limit, undefined, []])
  })

  it('keeps a larger text as a blob that the record refers to', () => {
    const text = 'é'.repeat(limit / 2 + 1)
    const { record, blobs } = receiveText(text)
    const uri = blobUri('default', 'acme:default:1', sha256Hex(text))
    expect([record.value?.toString(), record.headers.ce_dataref]).toEqual(['{}', uri])
    expect(blobs.map(blob => [blob.uri, Buffer.from(text).equals(blob.bytes)])).toEqual([[uri, true]])
  })

  it('keeps a file of the event under the address that the normalizer will find', () => {
    const bytes = Buffer.from('%PDF-')
    const file = { bytes, contentType: 'application/pdf', fileName: null, sizeBytes: 5, placeholder: '{}' }
    const source = sourceThat(() =>
      ok([candidateEvent('1', { files: [{ ...file, sha256: sha256Hex(bytes) }] })]),
    )
    const { record, blobs } = onlyRecordOf(receive(source, requestOf('x'), arrival))
    expect(blobs).toEqual([{ uri: blobUri('default', 'acme:default:1', sha256Hex(bytes)), bytes }])
    expect(record.headers.ce_dataref).toBeUndefined()
  })
})

describe('a webhook that says something else of its body than is true', () => {
  const body = '[{"id":"é"}]'

  it.each(['gzip', 'UTF-8', 'br'])('is read as it is when it announces %s and is plain', encoding => {
    const { record } = onlyRecordOf(receive(acme, requestOf(body), { ...arrival, contentEncoding: encoding }))
    expect(record.value?.toString()).toBe('{"id":"é"}')
    expect(record.headers).toMatchObject({ 'atsflow-ignored-content-encoding': encoding })
    expect(record.headers).not.toHaveProperty('content-encoding')
  })

  it.each([
    ['latin-1', 'application/json; charset=ISO-8859-1', Buffer.from(body, 'latin1')],
    ['windows-1252', 'application/json;charset="windows-1252"', Buffer.from(body, 'latin1')],
    ['UTF-16 by its mark', 'application/json', Buffer.from(`\ufeff${body}`, 'utf16le')],
    ['UTF-16 by name', 'application/json; charset=utf-16le', Buffer.from(body, 'utf16le')],
    ['a character set that nobody knows', 'application/json; charset=klingon', Buffer.from(body)],
  ])('is read in %s', (_, contentType, bytes) => {
    const { record } = onlyRecordOf(receive(acme, requestOf(bytes), { ...arrival, contentType }))
    expect([record.key, record.value?.toString()]).toEqual(['acme:default:é', '{"id":"é"}'])
  })
})

describe('a webhook that cannot be read', () => {
  it.each([
    ['an id that is half a character', { entity: { type: 'candidate', externalId: '\ud800' } as const }],
    ['an id of kilobytes', { entity: { type: 'candidate', externalId: 'x'.repeat(5_000) } as const }],
    ['a kind of kilobytes', { kind: 'x'.repeat(5_000) }],
  ])('is one with %s: no record could carry it', (_name, part) => {
    const source = sourceThat(() => ok([candidateEvent('1'), candidateEvent('2', part)]))
    const { record } = deadLetterOf(receive(source, requestOf('x'), arrival))
    expect(record.headers['__dlq.error.code']).toBe('NOT_ROUTABLE')
  })

  it('is one that is deeper or more than anybody sends', () => {
    const { record } = deadLetterOf(receive(acme, requestOf('['.repeat(65)), arrival))
    expect(record.headers['__dlq.error.code']).toBe('BODY_UNREADABLE')
  })

  it('is not one of too many events: sending fewer helps', () => {
    expect(receive(acme, requestOf(`[${'{},'.repeat(10_000)}{}]`), arrival).type).toBe('too-many-events')
  })

  it('becomes a dead letter: the body as received, keyed by its id, with the reason', () => {
    const { record, eventId } = deadLetterOf(receive(acme, requestOf('{"broken'), arrival))
    expect([record.topic, record.key, record.value?.toString()]).toEqual([
      'ingress.dead-letter',
      eventId,
      '{"broken',
    ])
    expect(record.headers).toMatchObject({
      ce_id: eventId,
      ce_source: '/hooks/acme/default',
      'content-type': 'application/json; charset=utf-8',
      'atsflow-tenant': 'default',
      '__dlq.errors.topic': 'ats.raw.acme',
      '__dlq.errors.partition': '-1',
      '__dlq.errors.offset': '-1',
      '__dlq.errors.group': 'ingress',
      '__dlq.errors.message': 'not JSON',
      '__dlq.errors.delivery.count': '1',
      '__dlq.error.code': 'BODY_UNREADABLE',
      '__dlq.error.stage': 'ingress',
    })
  })

  it('is kept with the encoding that could not be undone', () => {
    const receipt = receive(acme, requestOf('(rle)'), { ...arrival, contentEncoding: 'rle' })
    expect(deadLetterOf(receipt).record.headers).toMatchObject({
      'content-encoding': 'rle',
      '__dlq.error.code': 'BODY_UNREADABLE',
      '__dlq.errors.message': expect.stringContaining('content-encoding'),
    })
  })

  it('in the character set that it is said to be in is kept as it came', () => {
    const body = Buffer.from([0x5b, 0xff, 0x5d])
    const receipt = receive(acme, requestOf(body), {
      ...arrival,
      contentType: 'application/json; charset=utf-16',
    })
    expect(deadLetterOf(receipt).record).toMatchObject({
      value: body,
      headers: { '__dlq.error.code': 'BODY_UNREADABLE' },
    })
  })

  it('is kept even where a source would rather skip it', () => {
    const receipt = receive(
      sourceThat(() => skip('KIND_NOT_CONSUMED')),
      requestOf('x'),
      arrival,
    )
    expect(deadLetterOf(receipt).record.headers['__dlq.error.code']).toBe('NOT_ROUTABLE')
  })

  it('goes by reference when it is large', () => {
    const body = Buffer.alloc(512 * 1024 + 1, 'x')
    const { record, blobs, eventId } = deadLetterOf(receive(acme, requestOf(body), arrival))
    const uri = blobUri('default', eventId, sha256Hex(body))
    expect([record.headers.ce_dataref, blobs[0]?.uri]).toEqual([uri, uri])
  })
})
