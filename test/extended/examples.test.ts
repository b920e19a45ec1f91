import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { PULSIFI_SCORE } from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { createPartitionOf } from '../../services/platform/kafka/partition-of.ts'
import { Kafka, logLevel, Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { score } from '../support/warehouse-records.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const application = `direct:t${Date.now().toString(36)}:application`
const env = {
  ...process.env,
  KAFKA_BROKERS: inject('kafkaBrokers'),
  SCHEMA_REGISTRY_URL: inject('registryUrl'),
  GROUP: `examples-${Date.now()}`,
}
const directory = mkdtempSync(join(tmpdir(), 'atsflow-package-'))

beforeAll(async () => {
  const registry = createRegistryClient({ url: inject('registryUrl') })
  await registry.registerSubjects()
  const codec = createCodec(registry)
  const kafka = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const admin = kafka.admin()
  await Promise.all([producer.connect(), admin.connect()])
  const value = codec.encode(PULSIFI_SCORE, score(application, { score_value: 85, normalized: 0.85 }))
  // Its key is its event's; it stands with its application.
  const partition = createPartitionOf((await admin.fetchTopicOffsets(PULSIFI_SCORE)).length)(application)
  await producer.send({ topic: PULSIFI_SCORE, messages: [{ key: randomUUID(), value, partition }] })
  await Promise.all([producer.disconnect(), admin.disconnect()])
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs until its output has the line, then ends it. */
async function printedBy(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child: ChildProcess = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', data => (output += String(data)))
  try {
    await waitUntil(`${command} to print the score`, 60_000, () => output.includes(application)).catch(
      error => {
        throw new Error(`${error.message}; it printed: ${output}`)
      },
    )
    return output.split('\n').find(line => line.includes(application)) ?? ''
  } finally {
    child.kill('SIGKILL')
  }
}

it('prints real scores in Python', async () => {
  const line = await printedBy('python3', [join(root, 'infra/examples/scores.py')], root)
  expect(line).toBe(`${application} role_fit 0.85`)
})

describe('the package, installed in an empty folder,', () => {
  beforeAll(async () => {
    const { stdout } = await run('npm', ['pack', '--pack-destination', directory, '--silent'], { cwd: root })
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', private: true }))
    const quiet = ['--no-audit', '--no-fund', '--silent']
    await run('npm', ['install', ...quiet, join(directory, stdout.trim())], { cwd: directory })
  }, 300_000)

  it('gives typed records', async () => {
    writeFileSync(join(directory, 'reader.mjs'), READER)
    const line = await printedBy(process.execPath, ['reader.mjs'], directory)
    expect(line).toBe(`${application} role_fit 0.85`)
  })

  const atsflow = async (...args: readonly string[]) =>
    (await run('npx', ['--no-install', 'atsflow', ...args], { cwd: directory, env })).stdout

  it('has the command line of operators', async () => {
    expect(await atsflow('--help')).toContain('dead-letters')
    expect(await atsflow('topics', 'check')).toContain('as infra/topics.yaml has them')
  })

  it('reads the topics with its own schemas and sources', async () => {
    const traced = JSON.parse(await atsflow('--json', 'trace', application))
    expect(JSON.stringify(traced)).toContain('pulsifi.score.v1')
    expect(JSON.parse(await atsflow('--json', 'dead-letters', 'redrive', '--all'))).toEqual([])
  })
})

const READER = `
import { consume } from 'atsflow/consume'
await consume({
  brokers: process.env.KAFKA_BROKERS.split(','),
  registryUrl: process.env.SCHEMA_REGISTRY_URL,
  groupId: process.env.GROUP + '-package',
  topics: ['pulsifi.score.v1'],
  onRecord: ({ key, record }) =>
    record === null
      ? console.log('erased', key)
      : console.log(record.application_key, record.score_type, record.normalized),
})
`
