/** A score on its topic, and a program of somebody else that prints it. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { inject } from 'vitest'
import { PULSIFI_SCORE } from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'
import { createPartitionOf } from '../../services/platform/kafka/partition-of.ts'
import { Kafka, logLevel, Partitioners } from '../../services/platform/kafkajs/kafkajs.ts'
import { waitUntil } from '../chaos/wait-until.ts'
import { score } from './warehouse-records.ts'

/** Of a role fit of 0.85. */
export async function publishScore(application: string): Promise<void> {
  const registry = createRegistryClient({ url: inject('registryUrl') })
  await registry.registerSubjects()
  const kafka = new Kafka({ brokers: [inject('kafkaBrokers')], logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  const admin = kafka.admin()
  await Promise.all([producer.connect(), admin.connect()])
  const record = score(application, { score_value: 85, normalized: 0.85 })
  const value = createCodec(registry).encode(PULSIFI_SCORE, record)
  // Its key is its event's; it stands with its application.
  const partition = createPartitionOf((await admin.fetchTopicOffsets(PULSIFI_SCORE)).length)(application)
  await producer.send({ topic: PULSIFI_SCORE, messages: [{ key: randomUUID(), value, partition }] })
  await Promise.all([producer.disconnect(), admin.disconnect()])
}

export interface Printed {
  readonly line: string
  readonly errors: string
  /** Of its exit, after Ctrl-C; null when it had to be killed. */
  readonly code: number | null
}

const END_MS = 15_000

/** Runs a program until it prints a line about the application, then ends it as a person does. */
export async function printedAbout(
  application: string,
  [command, ...args]: readonly [string, ...string[]],
  cwd: string,
): Promise<Printed> {
  const env = {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME, GROUP: `examples-${randomUUID()}` },
    ...{ KAFKA_BROKERS: inject('kafkaBrokers'), SCHEMA_REGISTRY_URL: inject('registryUrl') },
  }
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const printed = { out: '', errors: '' }
  child.stdout.on('data', data => (printed.out += String(data)))
  child.stderr.on('data', data => (printed.errors += String(data)))
  const lineOf = () => printed.out.split('\n').find(line => line.includes(application))
  try {
    await waitUntil(`${command} to print the score`, 60_000, () => lineOf() !== undefined).catch(error => {
      throw new Error(`${error.message}; it printed: ${printed.out}${printed.errors}`)
    })
    child.kill('SIGINT')
    const ended = once(child, 'exit', { signal: AbortSignal.timeout(END_MS) })
    const code = await ended.then(([exitCode]) => Number(exitCode)).catch(() => null)
    return { line: lineOf() ?? '', errors: printed.errors, code }
  } finally {
    child.kill('SIGKILL')
  }
}
