import { expect, it } from 'vitest'
import type { OutboundRecord } from '../../../../services/platform/kafka/producer-batch.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { type Answer, createAnswerOutbox } from '../../../../services/pulsifi-sink/calls/answer-outbox.ts'
import { aReply } from '../ledger-records.ts'

const HOUR_MS = 3_600_000
const verdict = { type: 'retry', reason: '429', httpStatus: 429, retryAfterMs: null } as const
const invitation: Answer = {
  ...{ kind: 'INVITATION_ANSWER', applicationKey: 'jobylon:default:7', attempt: 1, verdict },
}
const job: Answer = { kind: 'JOB_ANSWER', jobKey: 'jobylon:default:9', attempt: 1, verdict }

/** An outbox whose Kafka takes what is sent after `failures` failed sends; every wait lasts `waitMs`. */
function outboxOn(failures: number, waitMs = 1_000, limit = 1_000_000) {
  const sent: OutboundRecord[] = []
  const lost: string[] = []
  let [now, attempts] = [0, 0]
  const log = createLogger('test', 'silent')
  log.error = ((line: { entity: string }) => void lost.push(line.entity)) as typeof log.error
  const outbox = createAnswerOutbox({
    producer: {
      async send(record) {
        if (attempts++ < failures) throw new Error('the producer is replaced')
        sent.push(record)
      },
      close: async () => undefined,
    },
    codec: { encode: (_topic, record) => Buffer.from(JSON.stringify(record)) },
    log,
    limit: () => limit,
    nowMs: () => now,
    delay: async ms => {
      now += Math.max(ms, waitMs)
      // As many turns as seconds: what takes longer ends later.
      for (let turn = 0; turn < ms; turn += 1_000) await new Promise(resolve => setImmediate(resolve))
    },
  })
  return { outbox, sent, lost, now: () => now }
}

it('sends an answer again until Kafka has it, to the partition that it belongs to', async () => {
  const { outbox, sent, lost } = outboxOn(40)
  outbox.send(invitation, 3)
  await expect.poll(() => sent.length).toBe(1)
  expect(sent[0]).toMatchObject({ topic: 'pulsifi.inbox.v1', partition: 3, key: 'jobylon:default:7' })
  expect(JSON.parse(String(sent[0]?.value))).toMatchObject({ kind: 'INVITATION_ANSWER', issued_at: 0 })
  expect(lost).toEqual([])
})

it('sends the same message, so that one that comes twice can be told', async () => {
  const messages: string[] = []
  const outbox = createAnswerOutbox({
    producer: {
      async send({ value }) {
        if (messages.push(String(value)) < 3) throw new Error('written, but the acknowledgement was lost')
      },
      close: async () => undefined,
    },
    codec: { encode: (_topic, record) => Buffer.from(JSON.stringify(record)) },
    ...{
      log: createLogger('test', 'silent'),
      limit: () => 1e6,
      nowMs: Date.now,
      delay: async () => undefined,
    },
  })
  outbox.send(invitation, 3)
  await expect.poll(() => messages.length).toBe(3)
  expect(new Set(messages).size).toBe(1)
})

it.each([
  [invitation, 24 * HOUR_MS],
  [job, HOUR_MS],
])('gives an answer up when nobody reads it as one any more: %o', async (answer, keptForMs) => {
  const { outbox, sent, lost, now } = outboxOn(Number.POSITIVE_INFINITY, 60_000)
  outbox.send(answer, 0)
  await expect.poll(() => lost.length, { timeout: 10_000 }).toBe(1)
  expect(now()).toBe(keptForMs)
  expect(sent).toEqual([])
})

it('waits at its end for what can still be sent, and tells what cannot', async () => {
  const { outbox, sent, lost } = outboxOn(1)
  outbox.send(invitation, 3)
  await outbox.close()
  expect([sent.length, lost]).toEqual([1, []])
  const failing = outboxOn(Number.POSITIVE_INFINITY)
  failing.outbox.send(invitation, 3)
  await failing.outbox.close()
  await expect.poll(() => failing.lost).toEqual(['jobylon:default:7'])
})

it.each([
  [3_000, { type: 'done', body: { candidate_id: 'c-1', scores: [] } }],
  [700, { type: 'ambiguous', reason: 'RECORD_TOO_LARGE', httpStatus: 200 }],
])('sends less of an answer that an inbox of %i bytes does not take, and says so', async (limit, verdict) => {
  const scores = Array.from({ length: 100 }, () => ({
    score_type: 'role_fit',
    score_value: 1,
    score_format: 5,
  }))
  const body = aReply({
    scores,
    invitation_link: `https://candidate.pulsifi.me/invites/${'a'.repeat(1_000)}`,
  })
  const { outbox, sent, lost } = outboxOn(0, 0, limit)
  outbox.send({ ...invitation, verdict: { type: 'done', body, httpStatus: 200 } }, 3)
  await expect.poll(() => sent.length).toBe(1)
  expect(JSON.parse(JSON.parse(String(sent[0]?.value)).body)).toMatchObject({ attempt: 1, verdict })
  expect(lost).toEqual(['jobylon:default:7'])
})
