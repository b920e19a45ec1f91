/** Who decides by command is on record before anything is done, whichever command it is. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { CANONICAL_CANDIDATE, PULSIFI_INVITATION } from '../../services/core/topics.ts'
import { candidateRecord } from '../support/candidate-record.ts'
import { invitationRecord } from '../support/ledger-records.ts'
import { ops, opsJson } from '../support/ops.ts'
import { connectPipeline, type Pipeline } from '../support/ops-records.ts'

const env = { KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') }
/** Keys of this run alone: the broker is shared. */
const tenant = `t${randomUUID().slice(0, 8)}`
const key = `jobylon:${tenant}:person`
const application = `jobylon:${tenant}:application`
const job = `jobylon:${tenant}:job`
const letter = 'normalizer.dead-letter/0/999999999'
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await connectPipeline(env)
  const person = candidateRecord({ candidate_key: key, external_id: 'person', last_name: 'Example' })
  await pipeline.writeRecord(CANONICAL_CANDIDATE, key, person)
  const skipped = { application_key: application, candidate_key: application, outcome: 'SKIPPED' } as const
  await pipeline.writeRecord(PULSIFI_INVITATION, application, invitationRecord(skipped))
})
afterAll(() => pipeline?.close())

/** What is on record of somebody who gives this command and no other one. */
async function recordedOf(...command: readonly string[]): Promise<unknown> {
  const kim = `kim-${randomUUID().slice(0, 8)}`
  await ops({ ...env, OPS_USER: kim }, ...command)
  return opsJson(env, 'audit', '--actor', kim)
}

const WAIT = ['--wait', '0']

it.each([
  ['ops dead-letters redrive', ['dead-letters', 'redrive', letter, '--yes'], [letter]],
  ['ops dead-letters discard', ['dead-letters', 'discard', letter, '--yes'], [letter]],
  [
    'ops dead-letters discard',
    ['dead-letters', 'discard', '--tenant', tenant, '--source', 'jobylon', '--yes'],
    [],
  ],
  [
    'ops invitations resolve',
    ['invitations', 'resolve', application, '--decide-again', '--yes', ...WAIT],
    [application],
  ],
  ['ops bindings set', ['bindings', 'set', job, '3f2504e0-4f89-41d3-9a0c-0305e82c3301', ...WAIT], [job]],
  ['ops replay', ['replay', 'jobylon', '--key', key, '--yes'], [key]],
  ['ops delete-candidate', ['delete-candidate', key, '--yes', ...WAIT], [key]],
  ['ops erasure', ['erasure', key], [key]],
] as const)('keeps who has decided what, from where, about what: %s', async (action, command, subjects) => {
  const recorded = await recordedOf(...command)
  expect(recorded).toMatchObject([
    { kind: 'DECISION', action, subjects, proved_by: 'said', address: 'tester@here' },
  ])
  expect(JSON.stringify(recorded)).not.toContain('Example')
})

it.each([
  ['dead-letters redrive', ['dead-letters', 'redrive', letter]],
  ['delete-candidate', ['delete-candidate', key]],
  ['replay', ['replay', 'jobylon', '--key', key]],
  ['blobs sweep', ['blobs', 'sweep']],
  ['topics accept-loss', ['topics', 'accept-loss', PULSIFI_INVITATION, '--partition', '0']],
  ['invitations resolve', ['invitations', 'resolve', application, '--decide-again']],
  ['invitations list', ['invitations', 'list', '--tenant', tenant]],
])('keeps nothing of what only shows what would be done: %s', async (_name, command) => {
  expect(await recordedOf(...command)).toEqual([])
})

it('names the user of the operating system where nobody says another name', async () => {
  await ops(env, 'dead-letters', 'discard', letter, '--yes', '--by', 'tester')
  const byTester = await opsJson(env, 'audit', '--actor', 'tester', '--subject', letter)
  expect(byTester).toMatchObject([{ actor: 'tester', proved_by: 'os', address: 'tester@here' }])
})
