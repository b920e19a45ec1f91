import { expect, it } from 'vitest'
import { readRawEventHeaders } from '../../../services/core/raw-event.ts'

const HEADERS: Readonly<Record<string, string>> = {
  ce_id: '6f1f5d2e-0000-5000-8000-000000000000',
  ce_source: '/hooks/jobylon/default',
  ce_type: 'candidate/new',
  ce_time: '2026-01-15T09:30:00.000Z',
}
const read = (change: Readonly<Record<string, string | undefined>> = {}) =>
  readRawEventHeaders(name => ({ ...HEADERS, ...change })[name])

it('reads what ingress wrote', () => {
  expect(
    read({ 'atsflow-delivery-id': 'd-1', 'atsflow-body-sha256': 'ab', ce_dataref: 'blob://x/y' }),
  ).toEqual({
    type: 'ok',
    value: {
      ...{ eventId: HEADERS.ce_id, source: 'jobylon', tenant: 'default', kind: 'candidate/new' },
      receivedAtMs: Date.UTC(2026, 0, 15, 9, 30),
      ...{ deliveryId: 'd-1', bodySha256: 'ab', dataRef: 'blob://x/y', fromOperator: false, warnings: [] },
    },
  })
})

it('warns of an encoding that the body did not have', () => {
  expect(read({ 'atsflow-ignored-content-encoding': 'gzip' })).toMatchObject({
    value: { warnings: ['CONTENT_ENCODING_IGNORED'] },
  })
})

it('needs no delivery id, hash or reference', () => {
  expect(read()).toMatchObject({ value: { deliveryId: null, bodySha256: '', dataRef: null } })
})

it.each([
  ['ce_source', undefined],
  ['ce_source', 'hooks/jobylon/default'],
  ['ce_source', '/hooks/jobylon'],
  ['ce_source', '/hooks//default'],
  ['ce_source', '/other/jobylon/default'],
  ['ce_id', undefined],
  ['ce_id', ''],
  ['ce_type', undefined],
  ['ce_time', undefined],
  ['ce_time', 'yesterday'],
])('refuses a record whose %s is %j, and names the header alone', (name, value) => {
  expect(read({ [name]: value })).toEqual({ type: 'reject', code: 'HEADERS_INVALID', detail: name })
})
