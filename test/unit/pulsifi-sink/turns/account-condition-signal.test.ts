import { expect, it } from 'vitest'
import { classifyRepeatable, classifyReply } from '../../../../services/platform/pulsifi/classify.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'
import { signalOf } from '../../../../services/pulsifi-sink/turns/account-condition.ts'

const answered = (status: number, retryAfter: string | null = null, text = '{}'): Exchange => ({
  ...{ type: 'answered', status, retryAfter, answeredAtMs: 0, text, isComplete: true },
})
const failed = (code: string, sent = false): Exchange => ({ type: 'failed', sent, code })
const CANDIDATE = JSON.stringify({ candidate_id: 'c-1', status: 'invited' })

const PAGE = '<html><head><title>403 Forbidden</title></head></html>'

it.each([
  [answered(200, null, CANDIDATE), 'well', null],
  [answered(400), 'well', null],
  [answered(429, '7'), 'throttled', 7_000],
  [failed('TOKEN_HTTP_429'), 'throttled', null],
  [answered(503, '9'), 'failing', 9_000],
  [answered(500), 'failing', null],
  [answered(401), 'failing', null],
  [failed('TOKEN_HTTP_401'), 'failing', null],
  [failed('ECONNREFUSED'), 'failing', null],
  [failed('UND_ERR_SOCKET', true), 'failing', null],
  // Of a gateway: nothing in it is about the request.
  [answered(403, null, PAGE), 'failing', null],
  [answered(404, null, PAGE), 'failing', null],
  [answered(403), 'failing', null],
  [answered(403, null, ''), 'failing', null],
  [answered(301, null, PAGE), 'failing', null],
  [answered(404), 'throttled', null],
  // Of Pulsifi, about this request.
  [answered(404, null, '{"code":"JOB_NOT_FOUND"}'), 'well', null],
  [answered(403, null, '{"message":"job_id is not yours"}'), 'well', null],
  [answered(422, null, PAGE), 'well', null],
  // A page of maintenance in place of the API.
  [answered(200, null, '<html>'), 'failing', null],
])('of a creation that ends with %o is %s', (exchange, type, retryAfterMs) => {
  const signal = signalOf(classifyReply('createCandidate', exchange))
  expect(signal).toEqual(type === 'well' ? { type } : { type, retryAfterMs })
})

it.each([
  [answered(404), 'well'],
  [answered(400), 'well'],
  [answered(404, null, PAGE), 'failing'],
  [answered(403), 'failing'],
  [answered(429), 'throttled'],
  [answered(502), 'failing'],
  [failed('UND_ERR_HEADERS_TIMEOUT', true), 'failing'],
])('of a look that ends with %o is %s', (exchange, type) => {
  expect(signalOf(classifyRepeatable('getCandidate', exchange)).type).toBe(type)
})
