import { describe, expect, it } from 'vitest'
import { classifyRepeatable, classifyReply } from '../../../../services/platform/pulsifi/classify.ts'
import type { Exchange } from '../../../../services/platform/pulsifi/http-failure.ts'

const NOW_MS = Date.parse('2024-09-02T10:30:00Z')
const answer = (status: number, body: unknown = '', change: object = {}): Exchange => ({
  type: 'answered',
  status,
  retryAfter: null,
  answeredAtMs: NOW_MS,
  text: typeof body === 'string' ? body : JSON.stringify(body),
  isComplete: true,
  ...change,
})
const failed = (sent: boolean, code: string): Exchange => ({ type: 'failed', sent, code })

const INVITED = {
  candidate_id: 'c-1',
  status: 'invited',
  invitation_link: 'https://candidate.pulsifi.me/invites/abc',
}
const FIELDS = [
  'status',
  'ext_reference_id',
  'job_id',
  'is_anonymous_candidate',
  'invitation_link',
  'invitation_expired_at',
  'created_at',
  'report_pdf_link',
  'scores',
  'additional_scores',
]
const JOB = { id: '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e', status: 'active' }

describe('an invitation', () => {
  it.each([
    ['never reached the wire', failed(false, 'ECONNREFUSED'), 'retry', 'ECONNREFUSED'],
    ['was cut off after it was written', failed(true, 'UND_ERR_SOCKET'), 'ambiguous', 'UND_ERR_SOCKET'],
    ['found no answer in time', failed(true, 'DEADLINE'), 'ambiguous', 'DEADLINE'],
    ...[401, 408, 425, 429].map(
      status => [`was answered ${status}`, answer(status), 'retry', String(status)] as const,
    ),
    ...[302, 303, 304, 500, 501, 502, 503, 504, 599].map(
      status => [`was answered ${status}`, answer(status), 'ambiguous', `HTTP_${status}`] as const,
    ),
    ['was answered 200 without JSON', answer(200, '<html>'), 'ambiguous', 'REPLY_UNREADABLE'],
    [
      'was answered 200 without a candidate',
      answer(200, { status: 'invited' }),
      'ambiguous',
      'REPLY_UNREADABLE',
    ],
    [
      'was answered 200 with half a body',
      answer(200, INVITED, { isComplete: false }),
      'ambiguous',
      'REPLY_UNREADABLE',
    ],
    ['was answered 204', answer(204), 'ambiguous', 'REPLY_UNREADABLE'],
  ] as const)('that %s', (_what, exchange, type, reason) => {
    expect(classifyReply('createCandidate', exchange)).toMatchObject({ type, reason })
  })

  it.each([
    ['with-retry-after', null, 'ambiguous'],
    ['with-retry-after', '', 'ambiguous'],
    ['with-retry-after', 'soon', 'ambiguous'],
    ['with-retry-after', '0', 'retry'],
    ['with-retry-after', 'Mon, 02 Sep 2024 10:31:30 GMT', 'retry'],
    ['always', null, 'retry'],
    ['never', '30', 'ambiguous'],
  ] as const)('that was answered 503, with %s and Retry-After %j, is %s', (policy, retryAfter, type) => {
    const exchange = answer(503, '', { retryAfter })
    expect(classifyReply('createCandidate', exchange, policy).type).toBe(type)
    // For every other status the policy says nothing.
    expect(classifyReply('createCandidate', answer(502, '', { retryAfter }), policy).type).toBe('ambiguous')
  })

  it.each([
    ['bare', INVITED, 200],
    ['wrapped', { data: INVITED, meta: null }, 201],
  ])('is done with a %s answer', (_shape, body, status) => {
    expect(classifyReply('createCandidate', answer(status, body))).toMatchObject({
      type: 'done',
      httpStatus: status,
      body: { candidate_id: 'c-1', status: 'invited', invite_code: 'abc', scores: [] },
    })
  })

  it.each([
    ['nothing but the id', { candidate_id: 'c-1' }],
    ['a number for an id', { candidate_id: 7 }],
    ['nulls', { ...Object.fromEntries(FIELDS.map(field => [field, null])), candidate_id: 'c-1' }],
    ['other types', { ...Object.fromEntries(FIELDS.map(field => [field, { x: [1] }])), candidate_id: 'c-1' }],
  ])('is done with an answer of %s: the candidate exists', (_what, body) => {
    expect(classifyReply('createCandidate', answer(200, body))).toMatchObject({
      type: 'done',
      body: {
        candidate_id: String(body.candidate_id),
        status: 'invited',
        invite_code: null,
        created_at: null,
        scores: [],
      },
    })
  })

  it.each([
    [400, { code: 'NOT_ACTIVE_JOB', message: 'x' }, ['NOT_ACTIVE_JOB']],
    [400, { error: { reason: 'JOB_IS_CLOSED' } }, ['JOB_IS_CLOSED']],
    [404, 'JOB_NOT_FOUND', ['JOB_NOT_FOUND']],
    [400, { message: 'MY_JOB_NOT_FOUND_TWICE' }, ['HTTP_400']],
    [403, '', ['HTTP_403']],
    [409, { title: 'Conflict', status: 409 }, ['HTTP_409']],
    [301, '', ['HTTP_301']],
    [308, '', ['HTTP_308']],
    [
      422,
      { message: ['email must be an email', 'skills.0.proficiency is bad'] },
      ['HTTP_422', 'FIELD:email', 'FIELD:skills.0.proficiency'],
    ],
    [422, { errors: [{ path: 'work_experiences[1].role' }] }, ['HTTP_422', 'FIELD:work_experiences[1].role']],
    [422, { first_name: ['too long'] }, ['HTTP_422', 'FIELD:first_name']],
  ])('answered %i %j is blocked', (status, body, reasons) => {
    expect(classifyReply('createCandidate', answer(status, body))).toEqual({
      type: 'blocked',
      reasons,
      httpStatus: status,
    })
  })

  it.each([403, 404, 405, 407])('answered %i with a page of a gateway is not blocked for it', status => {
    const page = `<html><head><title>${status}</title></head><body>job_id email</body></html>`
    for (const text of [page, 'Forbidden', '"no"'])
      expect(classifyReply('createCandidate', answer(status, text))).toMatchObject({
        type: 'retry',
        reason: String(status),
      })
  })

  it('is blocked without a word of what was sent', () => {
    const echo = { message: 'email johndoe@gmail.com of John Doe is invalid', value: 'johndoe@gmail.com' }
    const verdict = classifyReply('createCandidate', answer(400, echo))
    expect(verdict).toMatchObject({ reasons: ['HTTP_400', 'FIELD:email'] })
    expect(JSON.stringify(verdict)).not.toMatch(/john|doe|gmail/i)
  })
})

it('reads a job bare and wrapped, and a status that it does not know', () => {
  const job = { ...JOB, external_id: null }
  expect(classifyReply('createJob', answer(200, JOB))).toMatchObject({ type: 'done', body: job })
  expect(classifyReply('createJob', answer(200, { data: { ...JOB, status: 'draft' } }))).toMatchObject({
    body: { ...job, status: 'draft' },
  })
})

it.each([
  ['120', 120_000],
  ['0', 0],
  ['Mon, 02 Sep 2024 10:31:30 GMT', 90_000],
  ['Mon, 02 Sep 2024 10:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  [null, null],
])('waits as long as Retry-After %j says', (retryAfter, retryAfterMs) => {
  expect(classifyReply('createJob', answer(429, '', { retryAfter }))).toEqual({
    type: 'retry',
    reason: '429',
    httpStatus: 429,
    retryAfterMs,
  })
})

describe('a call that may be repeated', () => {
  it.each([
    ['getCandidate', answer(404), { type: 'gone' }],
    ['getCandidate', answer(404, '<html>'), { type: 'retry', reason: '404' }],
    ['updateWebhook', answer(403, '<html>'), { type: 'retry', reason: '403' }],
    ['getCandidate', answer(500), { type: 'retry', reason: '500' }],
    ['getCandidate', answer(400), { type: 'retry', reason: '400' }],
    ['getCandidate', answer(200, 'no'), { type: 'retry', reason: 'REPLY_UNREADABLE' }],
    ['getJob', failed(true, 'DEADLINE'), { type: 'retry', reason: 'DEADLINE' }],
    [
      'updateWebhook',
      answer(400, { message: ['url must be a URL'] }),
      { type: 'blocked', reasons: ['HTTP_400', 'FIELD:url'] },
    ],
    ['updateWebhook', answer(502), { type: 'retry', reason: '502' }],
    ['deleteWebhook', answer(404), { type: 'gone' }],
    ['deleteWebhook', answer(204), { type: 'done', body: null }],
    ['testWebhook', answer(200, 'OK'), { type: 'done', body: null }],
  ] as const)('%s: %j', (operation, exchange, verdict) => {
    expect(classifyRepeatable(operation, exchange)).toMatchObject(verdict)
  })

  it.each([
    ['bare', { total_count: 1, result: [{ id: 'w', events: ['x'], is_deleted: false }] }],
    ['wrapped', { data: { total_count: 1, result: [{ id: 'w', events: ['x'] }] } }],
    ['a wrapped list', { data: [{ id: 'w', events: ['x'], is_deleted: 'no' }], meta: {} }],
  ])('lists webhooks %s', (_shape, body) => {
    expect(classifyRepeatable('listWebhooks', answer(200, body))).toMatchObject({
      type: 'done',
      body: { total_count: 1, result: [{ id: 'w', events: ['x'], is_deleted: false }] },
    })
  })
})
