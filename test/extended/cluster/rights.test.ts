/** A cluster that asks who somebody is and what they may do, and the rights of infra/acls.yaml on it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { type Cluster, startCluster } from '../../../infra/local/cluster/cluster.ts'
import { PULSIFI_JOB_BINDING, PULSIFI_RESULT, PULSIFI_SCORE } from '../../../services/core/topics.ts'
import { createKafka, type KafkaClient } from '../../../services/platform/kafka/client.ts'
import { DeniedError } from '../../../services/platform/kafka/denied.ts'
import { fence } from '../../../services/platform/kafka/fence.ts'
import { waitForCoordinator } from '../../../services/platform/kafka/group-coordinator.ts'
import { KafkaSettings } from '../../../services/platform/kafka/settings.ts'
import { loadConfig } from '../../../services/platform/process/config.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { WholeTable } from '../../../services/platform/readers/whole-table.ts'
import { checkTopics } from '../../../services/platform/topics/admin.ts'
import { type Right, readAclsFile } from '../../../services/platform/topics/rights.ts'
import { ops } from '../../support/ops.ts'

const USERS = { operator: 'a', normalizer: 'b', 'pulsifi-sink': 'c' }

let directory: string
let cluster: Cluster
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-rights-'))
  cluster = await startCluster({ env: process.env, dataDir: directory, users: USERS })
  await cluster.admin.allow(readAclsFile())
}, 180_000)
afterAll(async () => {
  await cluster?.stop()
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

const envOf = (user: keyof typeof USERS) => ({
  ...cluster.envOf(user),
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9',
})
const clientOf = (user: keyof typeof USERS): KafkaClient =>
  createKafka(loadConfig(z.object(KafkaSettings), envOf(user)), user, createLogger(user, 'silent'))

async function coordinatorAs(user: keyof typeof USERS, group: string): Promise<void> {
  const admin = clientOf(user).admin()
  await admin.connect()
  await waitForCoordinator(admin, group, []).finally(() => admin.disconnect())
}

it('are enough for an operator to make the topics and to compare the rights', async () => {
  expect(await ops(envOf('operator'), 'topics', 'apply')).toMatchObject({ code: 0, stderr: '' })
  expect(await ops(envOf('operator'), 'acls', 'check')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^all \d+ rights are as infra\/acls.yaml has them\n$/),
  })
})

it('are compared by what is missing and what is denied', async () => {
  const taken: Right = {
    user: 'normalizer',
    resource: 'group',
    name: 'normalizer',
    isPrefix: true,
    operations: ['Read'],
  }
  await cluster.admin.disallow([taken])
  // The controller has it at once, and each broker hears of it a moment later.
  const expected = {
    code: 1,
    stdout: expect.stringMatching(/User:normalizer +group normalizer\* +Read +missing/),
    stderr: expect.stringContaining('acls print'),
  }
  try {
    await vi.waitFor(
      async () => expect(await ops(envOf('operator'), 'acls', 'check')).toMatchObject(expected),
      { timeout: 20_000, interval: 200 },
    )
  } finally {
    await cluster.admin.allow([taken])
  }
  const denied = await ops(envOf('normalizer'), 'acls', 'check')
  expect(denied).toMatchObject({ stderr: expect.stringContaining('allow it Describe on the cluster') })
})

it('name what a process lacks: a topic, a group, a transactional id', async () => {
  const sink = clientOf('pulsifi-sink')
  await expect(checkTopics(sink, [PULSIFI_RESULT, PULSIFI_SCORE], 6)).resolves.toBeUndefined()
  await expect(checkTopics(clientOf('normalizer'), [PULSIFI_SCORE], 6)).rejects.toThrow(
    /denies Describe .* on pulsifi\.score\.v1/,
  )
  await expect(coordinatorAs('pulsifi-sink', 'pulsifi-sink')).resolves.toBeUndefined()
  await expect(coordinatorAs('pulsifi-sink', 'normalizer')).rejects.toThrow('Read on the group "normalizer"')
  await (await fence(sink, 'pulsifi-sink-0')).disconnect()
  const fenced = fence(sink, 'normalizer-0')
  await expect(fenced).rejects.toThrow('Write on the transactional id "normalizer-0"')
  await expect(fenced).rejects.toBeInstanceOf(DeniedError)
})

it('stop a table by name when they are taken, and let it go on when they are given back', async () => {
  const patient = { timeout: 60_000, interval: 200 }
  const taken: Right = {
    ...{ user: 'pulsifi-sink', resource: 'topic', name: PULSIFI_JOB_BINDING },
    operations: ['Read'],
  }
  const told: (string | null)[] = []
  const table = new WholeTable({
    ...{ kafka: clientOf('pulsifi-sink'), topic: PULSIFI_JOB_BINDING, reader: 'pulsifi-sink' },
    ...{ path: join(directory, 'table'), prepare: async () => undefined },
    entries: (key, value) => [[key, String(value)]],
    ...{ lost: () => undefined, unreadable: () => undefined, denied: sentence => void told.push(sentence) },
    crash: error => {
      throw error
    },
  })
  await table.start()
  const producer = clientOf('pulsifi-sink').producer()
  await producer.connect()
  const write = (value: string) =>
    producer.send({ topic: PULSIFI_JOB_BINDING, acks: -1, messages: [{ key: 'k', value }] })
  try {
    await write('before')
    await vi.waitFor(() => expect(table.get('k')).toBe('before'), patient)
    await cluster.admin.disallow([taken])
    await vi.waitFor(
      () => expect(table.denied).toMatch(/Read on the topics pulsifi\.job-binding\.v1 to User:/),
      patient,
    )
    await write('meanwhile')
    expect(table.get('k')).toBe('before')
    await cluster.admin.allow([taken])
    await vi.waitFor(() => expect([table.get('k'), table.denied]).toEqual(['meanwhile', null]), patient)
    expect(told).toEqual([expect.stringContaining('ops -- acls print'), null])
  } finally {
    await cluster.admin.allow([taken])
    await table.stop()
    await producer.disconnect()
  }
}, 240_000)
