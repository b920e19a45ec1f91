import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok, reject } from '../../../../services/core/outcome.ts'
import { receiveAgain } from '../../../../services/platform/dead-letters/receive-again.ts'
import { type Arrival, receive } from '../../../../services/platform/raw-events/receive.ts'
import type { RawRecord } from '../../../../services/platform/raw-events/record.ts'
import type { Source } from '../../../../services/sources/source.ts'
import { acme, arrival, candidateEvent, requestOf, sourceThat } from '../delivery.ts'

const broken = sourceThat(() => reject('BODY_UNREADABLE', 'not JSON'))
const known = (source: Source) => new Map([[source.name, source]])

/** What ingress kept of a webhook that it could not read. */
function letterOf(
  request: ReturnType<typeof requestOf>,
  source = broken,
  known: Arrival = arrival,
): RawRecord {
  const receipt = receive(source, request, known)
  if (receipt.type !== 'unroutable') throw new Error(`received as ${receipt.type}`)
  return receipt.record
}

const again = ({ record }: RawRecord, source: Source, body = record.value) =>
  receiveAgain(
    known(source),
    () => ({}),
    name => record.headers[name],
    keptOf(body, record.headers['content-encoding']),
  )

const keptOf = (body: Buffer | null, encoding: string | undefined) =>
  body && { bytes: body, encoding: encoding ?? null }

describe('the dead letter of a webhook, once its source can read it', () => {
  it('becomes the very records that ingress would have written', () => {
    const readers = fc.record({
      ids: fc.array(fc.uuid(), { minLength: 1, maxLength: 5 }),
      receivedAtMs: fc.integer({ min: 0, max: 4e12 }),
      contentType: fc.constantFrom('application/json', 'text/plain; charset=utf-8'),
      tenant: fc.constantFrom('default', 'acme'),
    })
    fc.assert(
      fc.property(readers, ({ ids, ...rest }) => {
        const request = requestOf(JSON.stringify(ids.map(id => ({ id }))))
        const came = { ...arrival, ...rest }
        const direct = receive(acme, request, came)
        if (direct.type !== 'routed') throw new Error(direct.type)
        expect(again(letterOf(request, broken, came), acme)).toEqual({
          type: 'route',
          to: 'ats.raw.acme',
          records: direct.records,
        })
      }),
      { numRuns: 50 },
    )
  })

  it('has the headers that its source reads, and no others', () => {
    const source: Source = {
      ...acme,
      splitHeaders: ['x-delivery'],
      split: ({ headers }) => ok([candidateEvent('1', { deliveryId: headers['x-delivery'] ?? null })]),
    }
    const request = requestOf('x', { 'x-delivery': 'd-1', 'x-other': 'somebody@example.com' })
    const letter = letterOf(request, { ...broken, splitHeaders: ['x-delivery'] })
    expect(JSON.stringify(letter.record.headers)).not.toContain('somebody')
    const direct = receive(source, request, arrival)
    expect(again(letter, source)).toMatchObject({
      records: direct.type === 'routed' ? direct.records : [],
    })
  })

  it('is read from the bytes that were kept elsewhere', () => {
    const body = Buffer.from(JSON.stringify([{ id: '1', text: 'x'.repeat(600_000) }]))
    const letter = letterOf(requestOf(body))
    expect(letter.record.value?.length).toBeLessThan(10)
    expect(again(letter, acme, Buffer.from(letter.blobs[0]?.bytes ?? ''))).toMatchObject({ type: 'route' })
  })
})

describe('the dead letter of a webhook is left, and says why,', () => {
  const letter = letterOf(requestOf('[]'))
  const { headers } = letter.record

  it('while its source cannot read it', () => {
    expect(again(letter, broken)).toEqual({
      type: 'leave',
      why: 'still unreadable: BODY_UNREADABLE not JSON',
    })
  })

  it.each([
    ['its body is gone', known(acme), headers, null, /blob store/],
    ['its source is gone', new Map(), headers, Buffer.from('[]'), /no source acme/],
    ['nobody knows where it came from', known(acme), {}, Buffer.from('[]'), /where it came from/],
  ])('when %s', (_name, sources, given: Readonly<Record<string, string>>, body, why) => {
    expect(
      receiveAgain(
        sources,
        () => ({}),
        name => given[name],
        keptOf(body, undefined),
      ),
    ).toEqual({
      type: 'leave',
      why: expect.stringMatching(why),
    })
  })

  it('when it was encoded in a way that nobody could undo', () => {
    const encoded = letterOf(requestOf('(rle)'), acme, { ...arrival, contentEncoding: 'rle' })
    expect(again(encoded, acme)).toMatchObject({ type: 'leave', why: expect.stringContaining('encoding') })
  })
})
