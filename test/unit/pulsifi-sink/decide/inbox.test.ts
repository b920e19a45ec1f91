import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AmbiguousReason, RefusalReason } from '../../../../services/core/reasons.ts'
import type { ApiVerdict } from '../../../../services/platform/pulsifi/classify.ts'
import { candidateReply, inviteCodeOf, jobReply } from '../../../../services/platform/pulsifi/pulsifi-api.ts'
import { fromInbox, type InboxMessage, toInbox } from '../../../../services/pulsifi-sink/decide/inbox.ts'

const text = fc.string({ minLength: 1 }).filter(value => value.trim() === value)
const refusal = fc.constantFrom<RefusalReason>('JOB_NOT_FOUND', 'HTTP_422', 'FIELD:email')
const lost = fc.constantFrom<AmbiguousReason>('REPLY_LOST', 'ECONNRESET', 'HTTP_500')
const time = fc.option(fc.integer({ min: 0, max: 4_102_444_800_000 }))
const link = fc.option(fc.webUrl())
const score = fc.record({ score_type: text, score_value: fc.integer(), score_format: fc.integer() })
const reply = fc
  .record({
    candidate_id: text,
    ext_reference_id: fc.option(text),
    job_id: fc.option(text),
    is_anonymous_candidate: fc.boolean(),
    invitation_link: link,
    invitation_expired_at: time,
    created_at: time,
    report_pdf_link: link,
    report_profile_link: link,
    scores: fc.array(score),
    additional_scores: fc.array(score),
    status: text,
  })
  .map(fields => ({ ...fields, invite_code: inviteCodeOf(fields.invitation_link) }))

const verdict = <T>(body: fc.Arbitrary<T>): fc.Arbitrary<ApiVerdict<T>> =>
  fc.oneof(
    fc.record({ type: fc.constant('done' as const), body, httpStatus: fc.constant(200) }),
    fc.record({
      type: fc.constant('retry' as const),
      reason: text,
      httpStatus: fc.option(fc.integer()),
      retryAfterMs: fc.option(fc.nat()),
    }),
    fc.record({
      type: fc.constant('blocked' as const),
      reasons: fc.array(refusal),
      httpStatus: fc.integer(),
    }),
    fc.record({ type: fc.constant('ambiguous' as const), reason: lost, httpStatus: fc.option(fc.integer()) }),
  )

const kind = <T extends string>(name: T) => fc.constant(name)
const attempt = fc.nat()
const command = kind('COMMAND')
const job = fc.record({ id: text, status: fc.option(text), external_id: fc.option(text) })
const message: fc.Arbitrary<InboxMessage> = fc.oneof(
  fc.record({ kind: kind('JOB_WANTED'), jobKey: text }),
  fc.record({ kind: kind('JOB_REFUSED'), jobKey: text, pulsifiJobId: text, reason: refusal }),
  fc.record(
    { kind: kind('OBSERVE'), applicationKey: text, notBeforeMs: fc.nat() },
    { requiredKeys: ['kind', 'applicationKey'] },
  ),
  fc.record({ kind: kind('POLL_WANTED'), tenant: text }),
  fc.record({
    ...{ kind: kind('CANDIDATE_REST'), candidateKey: text, from: fc.nat(), wasSeen: fc.boolean() },
  }),
  fc.record({ kind: kind('OBSERVATION'), applicationKey: text, reply, askedAtMs: fc.nat() }),
  fc.record({ kind: kind('INVITATION_ANSWER'), applicationKey: text, attempt, verdict: verdict(reply) }),
  fc.record({ kind: kind('JOB_ANSWER'), jobKey: text, attempt, verdict: verdict(job) }),
  fc.record({
    ...{ kind: command, command: kind('bind-job'), jobKey: text, pulsifiJobId: fc.uuid() },
    replaces: fc.option(text),
  }),
  fc.record({ kind: command, command: kind('decide-job-again'), jobKey: text, attempt }),
  fc.record({ kind: command, command: kind('decide-again'), applicationKey: text, attempt }),
  fc.record({
    ...{ kind: command, command: kind('resolve'), applicationKey: text, attempt },
    pulsifiCandidateId: fc.option(text.filter(value => value.length <= 255)),
  }),
)

it('says what was put in', () => {
  fc.assert(
    fc.property(message, given => {
      expect(fromInbox(toInbox(given, 1_000))).toEqual({ type: 'ok', value: given })
    }),
  )
})

it('carries answers as Pulsifi gave them', () => {
  fc.assert(
    fc.property(reply, job, (candidate, created) => {
      expect(candidateReply.parse(candidate)).toEqual(candidate)
      expect(jobReply.parse(created)).toEqual(created)
    }),
  )
})

it('holds neither name nor e-mail', () => {
  const answer = candidateReply.parse({
    ...{
      candidate_id: 'c-1',
      status: 'invited',
      email: 'johndoe@gmail.com',
      first_name: 'John',
      last_name: 'Doe',
    },
  })
  const { body } = toInbox({ kind: 'OBSERVATION', applicationKey: 'a', reply: answer }, 0)
  expect(body).not.toMatch(/john|doe/i)
})

it('has one id for one message', () => {
  const wanted = { kind: 'JOB_WANTED', jobKey: 'jobylon:default:42' } as const
  expect(toInbox(wanted, 1).message_id).toBe(toInbox(wanted, 1).message_id)
  expect(toInbox(wanted, 1).message_id).not.toBe(toInbox(wanted, 2).message_id)
})

describe('what this version cannot read', () => {
  const record = toInbox({ kind: 'JOB_WANTED', jobKey: 'jobylon:default:42' }, 0)
  it.each([
    ['a kind of a later version', { kind: 'UNKNOWN' as const }],
    ['no JSON', { body: '{' }],
    ['a field that is missing', { body: '{}' }],
    ['a command of a later version', { kind: 'COMMAND' as const, body: '{"command":"erase"}' }],
    [
      'a job id that is none',
      { kind: 'COMMAND' as const, body: '{"command":"bind-job","jobKey":"a","pulsifiJobId":"b"}' },
    ],
  ])('is refused: %s', (_what, change) => {
    expect(fromInbox({ ...record, ...change })).toMatchObject({ type: 'reject', code: 'COMMAND_INVALID' })
  })
})
