import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
  PULSIFI_SCORE,
} from '../../services/core/topics.ts'
import { acceptedAtMs } from '../../services/platform/topics/accepted-losses.ts'
import { fromInbox } from '../../services/pulsifi-sink/decide/inbox.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { bindingRecord, invitationRecord } from '../support/ledger-records.ts'
import { ops, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline, partitionOf } from '../support/ops-records.ts'

const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
/** Keys of this run alone: the broker is shared. */
const tenant = `t${randomUUID().slice(0, 8)}`
const scratch = mkdtempSync(join(tmpdir(), 'atsflow-ops-'))
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
})
afterAll(async () => {
  await pipeline?.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** What came into the inbox for the entity, as the sink reads it. */
async function inboxOf(key: string) {
  const records = await pipeline.readAll({ topics: [PULSIFI_INBOX], partitions: [partitionOf(key)] })
  const own = records.filter(record => record.key === key)
  await pipeline.codec.prepare(own.map(({ value }) => value))
  return own.map(({ value }) => fromInbox(pipeline.codec.decode(PULSIFI_INBOX, value ?? Buffer.alloc(0))))
}

describe('topics', () => {
  it('are as the file has them, however often it is applied', async () => {
    const first = await opsJson(env, 'topics', 'apply')
    expect(await opsJson(env, 'topics', 'apply')).toEqual(first)
    expect(await ops(env, 'topics', 'check')).toMatchObject({ code: 0 })
  })

  it('that differ in partitions are named, and the exit code says so', async () => {
    const { code, stdout } = await ops({ ...env, PARTITIONS: '7' }, 'topics', 'check')
    expect(code).toBe(1)
    expect(stdout).toMatch(/pulsifi\.inbox\.v1 +partitions +6 +7/)
  })
})

describe('a loss of the ledger', () => {
  it('is accepted by a person, for the partitions that are named', async () => {
    const from = Date.now()
    const accepted = await ops(
      env,
      'topics',
      'accept-loss',
      PULSIFI_INVITATION,
      '--partition',
      '1',
      '--partition',
      '4',
      '--yes',
    )
    expect(accepted).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/invitation\.v1 +4 +loss accepted/),
    })
    const places = [`${PULSIFI_INVITATION}/1`, `${PULSIFI_INVITATION}/4`]
    expect(await opsJson(env, 'audit', '--subject', places[0] ?? '')).toMatchObject([
      { action: 'ops topics accept-loss', actor: 'tester', proved_by: 'os', subjects: places },
    ])
    const admin = pipeline.kafka.admin()
    await admin.connect()
    const at = (partition: number) => acceptedAtMs(admin, 'pulsifi-sink', [PULSIFI_INVITATION], partition)
    const times = await Promise.all([1, 2, 4].map(async number => (await at(number)).get(PULSIFI_INVITATION)))
    await admin.disconnect()
    expect(times.map(time => (time ?? 0) >= from)).toEqual([true, false, true])
  })

  it.each([
    ['of a topic that is no ledger', [PULSIFI_SCORE, '--partition', '0'], /is no ledger/],
    ['of a partition that there is not', [PULSIFI_INVITATION, '--partition', '6'], /no partition 6/],
    ['of nothing in particular', [PULSIFI_INVITATION], /--partition/],
  ])('%s is refused', async (_what, args, says) => {
    expect(await ops(env, 'topics', 'accept-loss', ...args)).toMatchObject({
      stderr: expect.stringMatching(says),
    })
  })
})

describe('a record that nobody can read', () => {
  const key = `idibu:${tenant}:foreign`
  const partition = partitionOf(key)

  it('is skipped by asking its owner, once a person accepts what the ledger may lose', async () => {
    await pipeline.write({ topic: PULSIFI_INVITATION, key, value: Buffer.from('{"foreign":true}') })
    const records = await pipeline.readAll({ topics: [PULSIFI_INVITATION], partitions: [partition] })
    const offset = records.find(record => record.key === key)?.offset ?? -1
    const place = `${PULSIFI_INVITATION}/${partition}/${offset}`
    const refused = await ops(env, 'topics', 'skip', place)
    expect([refused.code, await inboxOf(key)]).toEqual([2, []])
    expect(refused.stderr).toContain('may be invited again')
    expect(await ops(env, 'topics', 'skip', place, '--forget')).toMatchObject({ code: 2 })
    expect(await inboxOf(key)).toEqual([])
    const skipped = ops(env, 'topics', 'skip', place, '--forget', '--yes')
    await expect.poll(() => inboxOf(key), { timeout: 30_000 }).toHaveLength(1)
    const command = { kind: 'COMMAND', command: 'skip-record', topic: PULSIFI_INVITATION, key, offset }
    expect(await inboxOf(key)).toEqual([{ type: 'ok', value: command }])
    await pipeline.write({ topic: PULSIFI_INVITATION, key, value: null })
    expect(await skipped).toMatchObject({ code: 0 })
  })

  it.each([
    ['can be read', 0, 'the record can be read'],
    ['is not there', 1, 'there is no such record'],
  ])('is none when it %s', async (_what, later, said) => {
    const readable = `idibu:${tenant}s:readable-${later}`
    const binding = bindingRecord({ job_key: readable })
    await pipeline.writeRecord(PULSIFI_JOB_BINDING, readable, binding)
    const at = partitionOf(readable)
    const records = await pipeline.readAll({ topics: [PULSIFI_JOB_BINDING], partitions: [at] })
    const offset = (records.find(record => record.key === readable)?.offset ?? 0) + 1_000 * later
    const { code, stderr } = await ops(env, 'topics', 'skip', `${PULSIFI_JOB_BINDING}/${at}/${offset}`)
    expect([code, stderr.includes(said)]).toEqual([1, true])
  })
})

describe('bindings', () => {
  const pulsifiJobId = randomUUID()

  it('of a file reach the inboxes of their owners, and what the owners write is waited for', async () => {
    const jobKey = `idibu:${tenant}:1001`
    const file = join(scratch, 'bindings.json')
    writeFileSync(file, JSON.stringify({ [jobKey]: pulsifiJobId }))
    const imported = ops(env, 'bindings', 'import', file)
    await expect.poll(() => inboxOf(jobKey), { timeout: 30_000 }).toHaveLength(1)
    await pipeline.writeRecord(
      PULSIFI_JOB_BINDING,
      jobKey,
      bindingRecord({ job_key: jobKey, state: 'BOUND', pulsifi_job_id: pulsifiJobId, origin: 'MANUAL' }),
    )
    expect(await imported).toMatchObject({ code: 0, stdout: expect.stringContaining('BOUND') })
    expect(await inboxOf(jobKey)).toEqual([
      { type: 'ok', value: { kind: 'COMMAND', command: 'bind-job', jobKey, pulsifiJobId, replaces: null } },
    ])
    expect(await opsJson(env, 'bindings', 'list', '--tenant', tenant)).toMatchObject([{ job_key: jobKey }])

    expect(await ops(env, 'bindings', 'import', file)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('unchanged'),
    })
    expect(await ops(env, 'bindings', 'set', jobKey, randomUUID())).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`is bound to ${pulsifiJobId}`),
    })
    expect(await inboxOf(jobKey)).toHaveLength(1)
  })

  it('of a file with a fault are not sent at all', async () => {
    const jobKey = `idibu:${tenant}:1002`
    const file = join(scratch, 'faulty.json')
    writeFileSync(file, `{\n  "${jobKey}": "${pulsifiJobId}",\n  "idibu:${tenant}:1003": "17"\n}`)
    const { code, stderr } = await ops(env, 'bindings', 'import', file)
    expect(code).toBe(1)
    expect(stderr).toContain(`line 3: idibu:${tenant}:1003`)
    expect(await inboxOf(jobKey)).toEqual([])
  })
})

describe('invitations', () => {
  const key = `jobylon:${tenant}:ambiguous`
  const ambiguous = invitationRecord({
    application_key: key,
    candidate_key: key,
    outcome: 'AMBIGUOUS',
    reasons: ['REPLY_LOST'],
    attempt: 2,
    invite_code: 'opens-the-assessment',
  })

  it('are listed by outcome and reason without what opens the assessment', async () => {
    await pipeline.writeRecord(PULSIFI_INVITATION, key, ambiguous)
    const filters = ['--tenant', tenant, '--outcome', 'AMBIGUOUS', '--reason', 'REPLY_LOST']
    const { stdout } = await ops(env, '--json', 'invitations', 'list', ...filters)
    expect(JSON.parse(stdout)).toMatchObject([{ application_key: key, invite_code: '***' }])
    expect(await opsJson(env, 'invitations', 'list', '--tenant', tenant, '--outcome', 'INVITED')).toEqual([])
  })

  it('that wait for one reason are shown, and then decided again, all at once', async () => {
    const keys = [`idibu:${tenant}:1#9`, `idibu:${tenant}:2#9`]
    const other = `jobylon:${tenant}:undated`
    for (const application_key of [...keys, other]) {
      const candidate_key = application_key.split('#')[0] ?? ''
      await pipeline.writeRecord(
        PULSIFI_INVITATION,
        application_key,
        invitationRecord({
          application_key,
          candidate_key,
          outcome: 'WAITING',
          reasons: ['APPLIED_AT_UNKNOWN'],
        }),
      )
    }
    const which = ['--reason', 'APPLIED_AT_UNKNOWN', '--source', 'idibu', '--tenant', tenant]
    const shown = await opsJson(env, 'invitations', 'resolve', ...which, '--dry-run')
    expect(shown).toMatchObject(keys.map(application_key => ({ application_key })))
    expect(await ops(env, 'invitations', 'resolve', ...which)).toMatchObject({ code: 2 })
    expect(await inboxOf(keys[0] ?? '')).toEqual([])

    expect(await ops(env, 'invitations', 'resolve', ...which, '--yes', '--wait', '0')).toMatchObject({
      code: 0,
    })
    for (const applicationKey of keys)
      expect(await inboxOf(applicationKey)).toMatchObject([
        { value: { command: 'decide-again', applicationKey } },
      ])
    expect(await inboxOf(other)).toEqual([])
  })

  it('that are ambiguous are resolved by a command that the sink reads', async () => {
    const resolved = ops(env, 'invitations', 'resolve', key, '--invited', 'candidate-7', '--yes')
    await expect.poll(() => inboxOf(key), { timeout: 30_000 }).toHaveLength(1)
    await pipeline.writeRecord(PULSIFI_INVITATION, key, {
      ...ambiguous,
      outcome: 'INVITED',
      pulsifi_candidate_id: 'candidate-7',
    })
    expect(await resolved).toMatchObject({ code: 0, stdout: expect.stringContaining('INVITED') })
    const value = {
      kind: 'COMMAND',
      command: 'resolve',
      applicationKey: key,
      attempt: 2,
      pulsifiCandidateId: 'candidate-7',
    }
    expect(await inboxOf(key)).toEqual([{ type: 'ok', value }])
  })

  it('that are not ambiguous are not resolved', async () => {
    const refused = await ops(env, 'invitations', 'resolve', key, '--not-invited')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('only AMBIGUOUS') })
    expect(await inboxOf(key)).toHaveLength(1)
  })

  it('whose owner says nothing in time are not said to be resolved', async () => {
    const blocked = `jobylon:${tenant}:blocked`
    const record = invitationRecord({ application_key: blocked, candidate_key: blocked, outcome: 'BLOCKED' })
    await pipeline.writeRecord(PULSIFI_INVITATION, blocked, record)
    const said = await ops(env, 'invitations', 'resolve', blocked, '--decide-again', '--yes', '--wait', '1')
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining('pulsifi-sink is not running') })
  })
})

describe('tail', () => {
  const key = `humansourcing:${tenant}:77`

  beforeAll(() =>
    pipeline.writeRecord(
      CANONICAL_CANDIDATE,
      key,
      candidateRecord({ candidate_key: key, external_id: '77', first_name: 'Ada', email: 'ada@example.com' }),
    ),
  )

  it('decodes records and masks what identifies a person', async () => {
    const { code, stdout } = await ops(env, 'tail', CANONICAL_CANDIDATE, '--filter', `key=${key}`)
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stdout).toContain('"external_id":"77"')
    expect(stdout).not.toMatch(/Ada|example\.com/)
  })

  it('prints personal data when it is told to', async () => {
    const { stdout } = await ops(env, 'tail', CANONICAL_CANDIDATE, '--filter', `key=${key}`, '--personal')
    expect(stdout).toContain('"first_name":"Ada"')
  })

  it('follows, and ends after as many lines as were asked for', async () => {
    const followed = ops(
      env,
      'tail',
      PULSIFI_REFERENCE,
      '--from',
      '1h',
      '--follow',
      '--limit',
      '1',
      '--filter',
      `application_key=${key}`,
    )
    const record = {
      reference: `code-${tenant}`,
      kind: 'INVITE_CODE',
      application_key: key,
      partition: 0,
      attempt: 1,
      claims: [],
      updated_at: 0,
    } as const
    await pipeline.writeRecord(PULSIFI_REFERENCE, record.reference, record)
    const { code, stdout } = await followed
    expect(code).toBe(0)
    expect(stdout).not.toContain(record.reference)
  })

  it('says which topic is not there', async () => {
    expect(await ops(env, 'tail', 'no.such.topic')).toMatchObject({
      code: 78,
      stderr: expect.stringContaining('the broker has no topic no.such.topic'),
    })
  })
})
