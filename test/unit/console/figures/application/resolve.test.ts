import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { report } from '../../../../../services/console/figures/application/report.ts'
import { resolveApplication } from '../../../../../services/console/figures/application/resolve.ts'
import { timeline } from '../../../../../services/console/figures/application/timeline.ts'
import type { ApiContext } from '../../../../../services/console/figures/endpoint.ts'
import type { User } from '../../../../../services/console/serve/user.ts'
import type { OperatorCommand } from '../../../../../services/core/inbox-command.ts'
import { invitation, result } from '../../../../support/console-records.ts'
import { createMemoryTopics, type MemoryTopics } from '../../topics-in-memory.ts'

const acme = { source: 'idibu', tenant: 'acme' }
const KEY = 'idibu:acme:1#2'
const told: [OperatorCommand, number][] = []
let topics: MemoryTopics

beforeEach(async () => {
  told.length = 0
  topics = await createMemoryTopics()
  await decide({ outcome: 'WAITING', reasons: ['JOB_UNBOUND'], attempt: 0 })
  await decide({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'], attempt: 1 })
})
afterEach(() => topics.database.close())

const decide = (known: object) =>
  topics.write(topics.record('invitation', KEY, invitation(acme, '1', '2', known)))
const context = (user: Partial<User> = {}): ApiContext => {
  const whole = { ...topics.context.user, ...user }
  return {
    ...topics.context,
    user: whole,
    database: whole.tenants === null ? topics.database : topics.database.limitedTo(whole.tenants),
    tellOwner: async (command, partition) => void told.push([command, partition]),
    reportAt: async ({ topic, partition, offset }) => ({
      ...{ page: `${topic}/${partition}/${offset}`, pdf: null, pdf_expires_at: null },
    }),
  }
}
const resolve = (body: object, user?: Partial<User>) =>
  resolveApplication.answer({}, { application_key: KEY, attempt: 1, ...body }, context(user))

describe('to settle an application', () => {
  it('tells the owner of its partition, of the attempt that was seen', async () => {
    await resolve({ resolution: 'invited', pulsifi_candidate_id: 'c-1' })
    const about = { applicationKey: KEY, attempt: 1 }
    expect(told).toEqual([[{ command: 'resolve', ...about, pulsifiCandidateId: 'c-1' }, 0]])
    expect(
      resolveApplication.auditOf(
        {},
        { application_key: KEY, attempt: 1, resolution: 'not-invited' },
        context().user,
      ),
    ).toEqual({ kind: 'DECISION', subjects: [KEY] })
  })

  it.each([
    ['another attempt than the one that was seen', { attempt: 0, resolution: 'not-invited' }, 409],
    ['what it is not', { resolution: 'decide-again' }, 409],
    [
      'an application that nobody knows',
      { application_key: 'idibu:acme:9#9', resolution: 'not-invited' },
      404,
    ],
    ['a candidate without an id', { resolution: 'invited' }, 400],
    ['an id of nobody', { resolution: 'not-invited', pulsifi_candidate_id: 'c-1' }, 400],
    ['an id with blanks', { resolution: 'invited', pulsifi_candidate_id: 'c 1' }, 400],
  ])('is refused for %s, and nobody is told', async (_, body, status) => {
    await expect(resolve(body)).rejects.toMatchObject({ status })
    expect(told).toEqual([])
  })

  it('is not for a viewer, nor for who may see other tenants alone', async () => {
    await expect(resolve({ resolution: 'not-invited' }, { role: 'viewer' })).rejects.toMatchObject({
      status: 403,
    })
    await expect(resolve({ resolution: 'not-invited' }, { tenants: ['other'] })).rejects.toMatchObject({
      status: 404,
    })
    await resolve({ resolution: 'not-invited' }, { tenants: ['acme'] })
    expect(told).toMatchObject([[{ pulsifiCandidateId: null }, 0]])
  })

  it('goes by the newest record, and by none that was erased', async () => {
    await decide({ outcome: 'INVITED', status: 'invited', attempt: 1 })
    await expect(resolve({ resolution: 'not-invited' })).rejects.toMatchObject({ status: 409 })
    await topics.write(topics.record('invitation', KEY, null))
    await expect(resolve({ resolution: 'not-invited' })).rejects.toMatchObject({ status: 404 })
  })
})

describe('the report', () => {
  const ask = (change: Partial<ApiContext> = {}, user?: Partial<User>) =>
    report.answer({ key: KEY }, null, { ...context(user), ...change })
  const hasReport = async () => ((await topics.answer(timeline, { key: KEY })) as { report: string }).report
  const write = (known: object | null) =>
    topics.write(topics.record('result', KEY, known && result(acme, '1', '2', known)))

  it('is read where the newest result stands', async () => {
    await write({ observed_at: 1 })
    await write({ observed_at: 2 })
    expect(await hasReport()).toBe('there')
    expect(await ask()).toMatchObject({ page: 'pulsifi.result.v1/0/1' })
    expect(await ask({}, { role: 'viewer', tenants: ['acme'] })).toMatchObject({
      page: 'pulsifi.result.v1/0/1',
    })
  })

  it('is not there before a result, after an erasure, for other tenants and without names', async () => {
    expect(await hasReport()).toBe('none')
    await expect(ask()).rejects.toMatchObject({ status: 404 })
    await write({ observed_at: 1 })
    await expect(ask({}, { tenants: ['other'] })).rejects.toMatchObject({ status: 404 })
    await expect(ask({ keepsPersonalData: false })).rejects.toMatchObject({ status: 403 })
    await write(null)
    expect(await hasReport()).toBe('none')
    await expect(ask()).rejects.toMatchObject({ status: 404 })
  })
})
