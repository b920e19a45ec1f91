import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AuditEntry } from '../../../../schemas/types.ts'
import { AUDIT } from '../../../../services/core/topics.ts'
import { askOwners } from '../../../../services/ops/cli/ask-owner.ts'
import { recordDecision } from '../../../../services/ops/cli/decision.ts'
import type { Session } from '../../../../services/ops/cli/session.ts'
import { operatorOf } from '../../../../services/ops/run-ops.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A session whose broker takes what it is told to, and what it took. */
function sessionWith(takes: (topic: string) => boolean) {
  const sent: { topic: string; value: AuditEntry }[] = []
  const producer = {
    connect: async () => undefined,
    disconnect: async () => undefined,
    async sendBatch({
      topicMessages,
    }: {
      topicMessages: { topic: string; messages: { value: Buffer }[] }[]
    }) {
      for (const { topic, messages } of topicMessages) {
        if (!takes(topic)) throw new Error('TOPIC_AUTHORIZATION_FAILED')
        for (const { value } of messages) sent.push({ topic, value: JSON.parse(value.toString()) })
      }
    },
  }
  const session = {
    ...{ kafka: { producer: () => producer }, registerSchemas: async () => undefined, nowMs: () => 7 },
    codec: { encode: (_topic: string, record: unknown) => Buffer.from(JSON.stringify(record)) },
    operator: operatorOf({ env: {}, operator: 'kim', machine: 'desk' }),
    command: 'ops invitations resolve',
  } as unknown as Session
  return { session, sent }
}

async function settled<T>(promise: Promise<T>): Promise<T | Error> {
  const caught = promise.catch((error: Error) => error)
  await vi.advanceTimersByTimeAsync(30_000)
  return caught
}

it('tells by several records what is too much for one', async () => {
  const { session, sent } = sessionWith(() => true)
  const keys = Array.from({ length: 1_001 }, (_, nth) => `jobylon:acme:${nth}`)
  await settled(recordDecision(session, keys))
  expect(sent.flatMap(({ value }) => value.subjects)).toEqual(keys)
  expect(new Set(sent.map(({ value }) => value.audit_id)).size).toBe(3)
})

it('is about whatever it finds where nothing is named', async () => {
  const { session, sent } = sessionWith(() => true)
  await settled(recordDecision(session, []))
  expect(sent).toMatchObject([
    {
      topic: AUDIT,
      value: {
        ...{ kind: 'DECISION', action: 'ops invitations resolve', subjects: [], occurred_at: 7 },
        ...{ actor: 'kim', proved_by: 'os', address: 'kim@desk' },
      },
    },
  ])
})

it('is not carried out when it cannot be recorded, and the sentence says what to look at', async () => {
  const { session, sent } = sessionWith(topic => topic !== AUDIT)
  const ask = {
    command: { command: 'decide-again', applicationKey: 'a', attempt: 1 },
    ...{ key: 'a', partition: 0 },
  } as const
  const asked = askOwners(session, [ask], {
    topic: 'pulsifi.invitation.v1',
    waitMs: 0,
    nowMs: () => 7,
  })
  expect(String(await settled(asked))).toMatch(/nothing was done.*audit\.v1.*acls check/)
  expect(sent).toEqual([])
})

it.each([
  [{}, { name: 'kim', provedBy: 'os', address: 'kim@desk' }],
  [{ OPS_USER: '' }, { name: 'kim', provedBy: 'os', address: 'kim@desk' }],
  [{ OPS_USER: 'ada' }, { name: 'ada', provedBy: 'said', address: 'kim@desk' }],
])('is given by who is named in %j, and shows whose account that was', (env, operator) => {
  expect(operatorOf({ env, operator: 'kim', machine: 'desk' })).toEqual(operator)
})
