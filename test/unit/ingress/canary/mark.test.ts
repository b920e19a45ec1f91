import { describe, expect, it } from 'vitest'
import { canaryId } from '../../../../services/core/canary.ts'
import { CANARY_HEADER, judgeCanary, markOf } from '../../../../services/ingress/canary/mark.ts'

const NOW = 1_770_000_000_000
const SECRET = 'the-secret-of-all-canaries'
const source = { name: 'jobylon', canary: (id: string) => JSON.stringify({ id }) }
const POSTED = { source: 'jobylon', tenant: 'acme', postedMs: NOW - 1_000 }

interface Change {
  readonly mark?: string
  readonly body?: string
  readonly secret?: string | undefined
  readonly nowMs?: number
  readonly tenant?: string
}

const judged = (change: Change = {}) => {
  const { mark, body, ...rest } = {
    ...{ mark: markOf(SECRET, POSTED), body: source.canary(canaryId(POSTED.postedMs)) },
    ...change,
  }
  const headers = mark === '' ? {} : { [CANARY_HEADER]: mark }
  const request = { headers, body: Buffer.from(body) }
  return judgeCanary({ request, source, tenant: 'acme', secret: SECRET, nowMs: NOW, ...rest })
}

it('knows a canary by its mark and its body', () => {
  expect(judged()).toEqual({ type: 'canary', postedMs: POSTED.postedMs })
})

it('takes what has no mark for a vendor’s', () => {
  expect(judged({ mark: '' })).toEqual({ type: 'vendor' })
})

describe('a mark that proves nothing is refused, and its delivery never taken for a vendor’s', () => {
  it.each<[string, Change]>([
    ['made with another secret', { mark: markOf('the-secret-of-somebody-else', POSTED) }],
    ['made for another source', { mark: markOf(SECRET, { ...POSTED, source: 'idibu' }) }],
    ['made for another tenant', { mark: markOf(SECRET, { ...POSTED, tenant: 'other' }) }],
    ['shown to another tenant', { tenant: 'other' }],
    ['made for another moment', { mark: markOf(SECRET, POSTED).replace(/^\d+/, String(NOW)) }],
    ['beside another body', { body: '{"id":"7"}' }],
    ['beside the body of another canary', { body: source.canary(canaryId(NOW)) }],
    ['without a time', { mark: markOf(SECRET, POSTED).replace(/^\d+/, '') }],
    ['of two minutes ago and more', { nowMs: POSTED.postedMs + 120_001 }],
    ['of a time to come', { nowMs: POSTED.postedMs - 120_001 }],
    ['where there are no canaries', { secret: undefined }],
    ['that is no mark', { mark: 'true' }],
  ])('%s', (_, change) => {
    expect(judged(change)).toEqual({ type: 'refused' })
  })
})
