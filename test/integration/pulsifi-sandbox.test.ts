import { appendFile, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SandboxInput } from '../../infra/pulsifi-sandbox/config.ts'
import type { FaultInput } from '../../infra/pulsifi-sandbox/faults.ts'
import type { RunningSandbox } from '../../infra/pulsifi-sandbox/server.ts'
import {
  candidate,
  clientOf,
  directory,
  eventually,
  job,
  receiverOf,
} from '../support/pulsifi-sandbox-client.ts'

const EVENT = 'candidate_application_result_ready'
const JOBS = '/partner/v1.0/standard/jobs'
const CANDIDATES = '/partner/v1.0/standard/candidates'
const WEBHOOKS = '/partner/v1.0/webhooks'

const settled = (sandbox: RunningSandbox) =>
  eventually(() => [...sandbox.state.deliveries.values()].every(delivery => delivery.status !== 'pending'))

describe('the story of one candidate', () => {
  it('goes from token to job to invitation to callback to scores', async () => {
    const { call } = await clientOf({ finishSeconds: 0.1 })
    const receiver = await receiverOf()
    const webhook = { name: 'results', url: receiver.url, events: [EVENT], secret: 's3cret' }
    expect((await call('POST', WEBHOOKS, webhook)).status).toBe(200)

    const created = await call('POST', JOBS, job())
    expect(created).toMatchObject({ status: 200, body: { status: 'active', employment_type: 'fulltime' } })
    expect((await call('GET', `${JOBS}/${created.body.id}`)).body).toEqual(created.body)

    const invited = await call('POST', CANDIDATES, candidate(created.body.id))
    expect(invited).toMatchObject({ status: 200, body: { status: 'invited', ext_reference_id: 'ATS12345' } })

    const [callback] = await receiver.arrived(1)
    expect(callback?.headers).toMatchObject({
      'x-pulsifi-secret': 's3cret',
      'content-type': 'application/json',
    })
    const { event_type, event_body } = JSON.parse(callback?.body ?? '')
    expect(event_type).toBe(EVENT)
    expect(event_body).toMatchObject({ candidate_id: invited.body.candidate_id, job_id: created.body.id })

    const result = await call('GET', `${CANDIDATES}/${event_body.candidate_id}`)
    expect(result.body).toMatchObject({ ...invited.body, status: 'completed' })
    expect(result.body.scores).toHaveLength(2)
    const inviteCode = invited.body.invitation_link.split('/').at(-1)
    expect(inviteCode).toBe(event_body.invitation_code)
    expect((await call('GET', `${CANDIDATES}/invitation/${inviteCode}`)).body).toEqual(result.body)

    const pdf = await call('GET', new URL(result.body.report_pdf_link).pathname)
    expect(pdf).toMatchObject({ status: 200, headers: { 'content-type': 'application/pdf' } })
  })

  it('is told by hand when nothing happens by itself', async () => {
    const { call } = await clientOf()
    const { body } = await call('POST', CANDIDATES, candidate((await call('POST', JOBS, job())).body.id))
    const move = (verb: string, scores?: object) =>
      call('POST', `/_sandbox/candidates/${body.candidate_id}/${verb}`, scores)
    expect((await move('start')).body.status).toBe('started')
    expect((await move('open')).status).toBe(409)
    expect((await move('complete', { scores: null })).body).toMatchObject({
      status: 'completed',
      scores: null,
    })
    const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
    const pressed = await call('POST', `/_sandbox/candidates/${body.candidate_id}/expire`, undefined, asForm)
    expect(pressed.status).toBe(409)
    expect((await call('GET', '/')).body).toContain('ATS12345')
  })
})

describe('refusals', () => {
  it('asks for a token that is known and alive', async () => {
    const { call, login } = await clientOf({ clientId: 'acme', clientSecret: 'sesame', tokenSeconds: 0 })
    expect((await login()).body.expires_in).toBe('0')
    expect(await call('GET', WEBHOOKS)).toMatchObject({
      status: 401,
      body: { error: { code: 'TOKEN_EXPIRED' } },
    })
    const wrong = { authorization: `Basic ${Buffer.from('acme:wrong').toString('base64')}` }
    const refused = await call('POST', '/partner/oauth2/token', { grant_type: 'client_credentials' }, wrong)
    expect(refused.status).toBe(401)
  })

  it.each([
    ['POST', CANDIDATES, candidate('6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e'), 400, 'JOB_NOT_FOUND'],
    ['POST', CANDIDATES, {}, 400, 'VALIDATION_FAILED'],
    ['POST', JOBS, { ...job(), extra: 1 }, 400, 'VALIDATION_FAILED'],
    ['GET', `${JOBS}/nonsense`, undefined, 400, 'VALIDATION_FAILED'],
    ['GET', `${JOBS}/6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e`, undefined, 404, 'NOT_FOUND'],
    ['GET', `${CANDIDATES}/nobody`, undefined, 404, 'NOT_FOUND'],
    ['GET', '/partner/v1.0/standard/people', undefined, 404, 'NOT_FOUND'],
    ['DELETE', JOBS, undefined, 405, 'METHOD_NOT_ALLOWED'],
    ['PUT', `${WEBHOOKS}/test`, { event: EVENT }, 400, 'VALIDATION_FAILED'],
  ])('%s %s %j answers %d %s', async (method, path, body, status, code) => {
    const { call } = await clientOf()
    expect(await call(method, path, body)).toMatchObject({ status, body: { error: { code } } })
  })

  it('refuses what is not sent as JSON, and what is too large', async () => {
    const { call } = await clientOf()
    expect((await call('POST', JOBS, job(), { 'content-type': 'text/plain' })).status).toBe(400)
    expect((await call('POST', JOBS, { ...job(), description: 'd'.repeat(1_048_576) })).status).toBe(413)
  })

  it('refuses candidates for a job that is not active', async () => {
    const { call } = await clientOf()
    const { id } = (await call('POST', JOBS, job())).body
    for (const [status, code] of [
      ['draft', 'NOT_ACTIVE_JOB'],
      ['closed', 'JOB_IS_CLOSED'],
    ]) {
      await call('POST', `/_sandbox/jobs/${id}/status`, { status })
      expect(await call('POST', CANDIDATES, candidate(id))).toMatchObject({
        status: 400,
        body: { error: { code } },
      })
    }
  })

  it('limits the rate', async () => {
    const { call } = await clientOf({ ratePerSecond: 1 })
    const replies = await Promise.all([1, 2, 3, 4, 5].map(() => call('GET', WEBHOOKS)))
    const refused = replies.filter(reply => reply.status === 429)
    expect(refused.length).toBeGreaterThanOrEqual(2)
    expect(refused[0]?.headers).toMatchObject({ 'retry-after': '1' })
  })
})

describe('modes', () => {
  it('wraps replies, but not the token', async () => {
    const { call } = await clientOf({ reply: 'wrapped' })
    const reply = await call('POST', JOBS, job())
    expect(reply.body).toMatchObject({ data: { external_id: 'humanica_1001' }, meta: null })
    expect((await call('GET', WEBHOOKS)).body).toEqual({ data: { total_count: 0, result: [] }, meta: null })
  })

  it.each([
    ['allow', 200, 2],
    ['reject', 409, 1],
    ['return-existing', 200, 1],
  ] as const)('with duplicates %s answers %d to the second create', async (duplicates, status, count) => {
    const { call, sandbox } = await clientOf({ duplicates })
    const { id } = (await call('POST', JOBS, job())).body
    const first = await call('POST', CANDIDATES, candidate(id))
    const second = await call('POST', CANDIDATES, candidate(id))
    expect(second.status).toBe(status)
    expect(sandbox.state.candidates.size).toBe(count)
    if (duplicates === 'return-existing') expect(second.body).toEqual(first.body)
    const stats = await call('GET', '/_sandbox/stats')
    expect(stats.body.candidates_per_ext_reference_id).toEqual(count === 2 ? { ATS12345: 2 } : {})
    expect(Object.values(stats.body.candidates_per_person_and_job)).toEqual(count === 2 ? [2] : [])
  })

  it('lets only one of two simultaneous creates through', async () => {
    const dataDir = await directory()
    const { call } = await clientOf({ duplicates: 'reject', dataDir })
    const { id } = (await call('POST', JOBS, job())).body
    const replies = await Promise.all([1, 2, 3].map(() => call('POST', CANDIDATES, candidate(id))))
    expect(replies.map(reply => reply.status).sort()).toEqual([200, 409, 409])
  })
})

describe('faults', () => {
  const scripted = async (rule: FaultInput, input: SandboxInput = {}) => {
    const client = await clientOf(input)
    const { id } = (await client.call('POST', JOBS, job())).body
    await client.call('POST', '/_sandbox/faults', [rule])
    return { ...client, invite: () => client.call('POST', CANDIDATES, candidate(id)) }
  }

  it.each([
    ['reset-after-write', 1],
    ['reset-before-write', 0],
  ] as const)('%s answers nothing and leaves %d candidates', async (action, count) => {
    const { invite, sandbox, call } = await scripted({ operation: 'candidates.create', nth: 1, action })
    await expect(invite()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) })
    expect(sandbox.state.candidates.size).toBe(count)
    const calls = (await call('GET', '/_sandbox/calls')).body
    expect(calls.at(-1)).toMatchObject({ status: null, reference: 'ATS12345', faults: [action] })
    expect((await invite()).status).toBe(200)
  })

  it.each([
    ['error-after-write', 1],
    ['error-before-write', 0],
  ] as const)('%s answers 500 and leaves %d candidates', async (action, count) => {
    const { invite, sandbox } = await scripted({ operation: 'candidates.create', action })
    expect((await invite()).status).toBe(500)
    expect(sandbox.state.candidates.size).toBe(count)
  })

  it('answers a scripted status until the rules are taken back', async () => {
    const rule = {
      operation: 'candidates.*',
      action: 'status',
      status: 429,
      retryAfter: 2,
      body: { busy: 1 },
    } as const
    const { invite, call } = await scripted(rule)
    expect(await invite()).toMatchObject({ status: 429, headers: { 'retry-after': '2' }, body: { busy: 1 } })
    expect((await call('GET', '/_sandbox/faults')).body).toMatchObject([{ matched: 1, struck: 1 }])
    await call('DELETE', '/_sandbox/faults')
    expect((await invite()).status).toBe(200)
  })

  it('hangs until the sandbox closes', async () => {
    const { invite, sandbox } = await scripted({ operation: 'candidates.create', action: 'hang' })
    const hanging = expect(invite()).rejects.toThrow()
    await eventually(() => sandbox.calls.list().at(-1)?.status === null)
    await sandbox.close()
    await hanging
    expect(sandbox.state.candidates.size).toBe(0)
  })

  it('refuses a rule that it does not understand', async () => {
    const { call } = await clientOf()
    expect((await call('POST', '/_sandbox/faults', { operation: '*', action: 'explode' })).status).toBe(400)
  })
})

describe('callbacks', () => {
  const completed = async (receiver: { url: string }, input: SandboxInput, rules: FaultInput[] = []) => {
    const client = await clientOf({ callbackRetrySeconds: 0.01, ...input })
    await client.call('POST', WEBHOOKS, { name: 'results', url: receiver.url, events: [EVENT] })
    if (rules.length > 0) await client.call('POST', '/_sandbox/faults', rules)
    const { id } = (await client.call('POST', JOBS, job())).body
    const { candidate_id } = (await client.call('POST', CANDIDATES, candidate(id))).body
    await client.call('POST', `/_sandbox/candidates/${candidate_id}/complete`)
    await settled(client.sandbox)
    return [...client.sandbox.state.deliveries.values()]
  }

  it('are tried again when they are refused, and every try is on record', async () => {
    const [delivery] = await completed(await receiverOf([503, 500]), {})
    expect(delivery).toMatchObject({ status: 'delivered' })
    expect(delivery?.attempts.map(attempt => attempt.status)).toEqual([503, 500, 200])
  })

  it('are given up after the configured tries', async () => {
    const [delivery] = await completed({ url: 'http://127.0.0.1:1/hook' }, { callbackAttempts: 2 })
    expect(delivery).toMatchObject({ status: 'failed', attempts: [{ status: null }, { status: null }] })
  })

  it.each([
    ['drop', { action: 'drop' }, 0],
    ['duplicate', { action: 'duplicate' }, 2],
    ['delay', { action: 'delay', ms: 20 }, 1],
    ['send no body with', { action: 'body', shape: 'empty' }, 1],
  ] as const)('can %s', async (_case, action, count) => {
    const receiver = await receiverOf()
    await completed(receiver, {}, [{ operation: 'callbacks.deliver', ...action }])
    expect(receiver.received).toHaveLength(count)
  })

  it('go to active webhooks only, which a test call shows', async () => {
    const { call, sandbox } = await clientOf()
    const receiver = await receiverOf()
    const hook = { name: 'results', url: receiver.url, events: [EVENT] }
    const { id } = (await call('POST', WEBHOOKS, hook)).body
    await call('PUT', `${WEBHOOKS}/${id}/status`, { status: 'inactive' })
    await call('POST', `${WEBHOOKS}/test`, { event: EVENT })
    expect(sandbox.state.deliveries.size).toBe(0)
    await call('PUT', `${WEBHOOKS}/${id}/status`, { status: 'active' })
    await call('POST', `${WEBHOOKS}/test`, { event: EVENT })
    await receiver.arrived(1)
    const renamed = await call('PUT', `${WEBHOOKS}/${id}`, { ...hook, name: 'renamed' })
    expect((await call('GET', `${WEBHOOKS}/?q=REN`)).body).toEqual({ total_count: 1, result: [renamed.body] })
    expect((await call('DELETE', `${WEBHOOKS}/${id}`)).body).toMatchObject({ is_deleted: true })
    expect((await call('GET', `${WEBHOOKS}/${id}`)).status).toBe(404)
  })
})

describe('the journal', () => {
  it('brings everything back, and what was under way goes on', async () => {
    const dataDir = await directory()
    const receiver = await receiverOf()
    const before = await clientOf({ dataDir })
    await before.call('POST', WEBHOOKS, { name: 'results', url: receiver.url, events: [EVENT] })
    const { id } = (await before.call('POST', JOBS, job())).body
    const invited = await before.call('POST', CANDIDATES, candidate(id))
    await before.sandbox.close()
    expect(receiver.received).toHaveLength(0)

    const after = await clientOf({ dataDir, finishSeconds: 0.1 })
    const [callback] = await receiver.arrived(1)
    expect(JSON.parse(callback?.body ?? '').event_body.candidate_id).toBe(invited.body.candidate_id)
    const shown = await after.call('GET', `${CANDIDATES}/${invited.body.candidate_id}`)
    expect(shown.body).toMatchObject({ status: 'completed', created_at: invited.body.created_at })
  })

  it('sends the callbacks that were still owed', async () => {
    const dataDir = await directory()
    const receiver = await receiverOf()
    const before = await clientOf({ dataDir })
    await before.call('POST', WEBHOOKS, { name: 'results', url: receiver.url, events: [EVENT] })
    await before.call('POST', '/_sandbox/faults', {
      operation: 'callbacks.deliver',
      action: 'delay',
      ms: 60_000,
    })
    const { id } = (await before.call('POST', JOBS, job())).body
    const { candidate_id } = (await before.call('POST', CANDIDATES, candidate(id))).body
    await before.call('POST', `/_sandbox/candidates/${candidate_id}/complete`)
    await before.sandbox.close()
    expect(receiver.received).toHaveLength(0)

    const after = await clientOf({ dataDir })
    await receiver.arrived(1)
    await settled(after.sandbox)
    expect([...after.sandbox.state.deliveries.values()]).toMatchObject([
      { status: 'delivered', candidate_id },
    ])
  })

  it('has on disk what was answered, readable by its owner only', async () => {
    const dataDir = await directory()
    const { call } = await clientOf({ dataDir })
    const { id } = (await call('POST', JOBS, job())).body
    const path = join(dataDir, 'journal.jsonl')
    expect(await readFile(path, 'utf8')).toContain(id)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('drops a line that a crash cut off, and goes on after it', async () => {
    const dataDir = await directory()
    const first = await clientOf({ dataDir })
    await first.call('POST', JOBS, job('first'))
    await first.sandbox.close()
    await appendFile(join(dataDir, 'journal.jsonl'), '{"type":"job","jo')
    const second = await clientOf({ dataDir })
    await second.call('POST', JOBS, job('second'))
    await second.sandbox.close()
    const third = await clientOf({ dataDir })
    expect([...third.sandbox.state.jobIdsByExternalId.keys()]).toEqual(['first', 'second'])
    await third.call('DELETE', '/_sandbox/state')
    expect((await third.call('GET', '/_sandbox/state')).body.counts).toMatchObject({ jobs: 0, candidates: 0 })
  })
})
