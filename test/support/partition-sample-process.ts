/**
 * The sample as a process of its own, which a test can kill: RUN names its topics, STATE_DIR its state. It logs JSON
 * lines. With MUTANT=no-repair it uses kafkajs without the repair of emptied batches.
 */
import { createRequire } from 'node:module'

const { KAFKA_BROKERS = '', RUN = '', STATE_DIR = '', SESSION_MS = '6000', MUTANT } = process.env

// Loaded before ours replaces it, what reads a fetch keeps kafkajs's own decoder; the rest is loaded, and mended, anew.
if (MUTANT === 'no-repair') {
  const require = createRequire(import.meta.url)
  const path = require.resolve('kafkajs/src/protocol/requests/fetch/v4/decodeMessages')
  require(path)
  for (const loaded of Object.keys(require.cache)) if (loaded !== path) delete require.cache[loaded]
}

const { PartitionOwner } = await import('../../services/platform/partitions/owner.ts')
const { createLogger } = await import('../../services/platform/process/logger.ts')
const { createKafka } = await import('../../services/platform/kafka/client.ts')
const { createSample, sampleTopics } = await import('./partition-sample.ts')

const topics = sampleTopics(RUN)
const log = createLogger('sample', 'debug')
const config = {
  KAFKA_BROKERS: KAFKA_BROKERS.split(','),
  KAFKA_SSL: false,
  SCHEMA_REGISTRY_URL: 'http://unused',
  PARTITIONS: 6,
  LOG_LEVEL: 'debug',
} as const

function crash(error: unknown): never {
  log.fatal({ event: 'crashed', err: error }, 'Crashed.')
  process.exit(1)
}

let settled = 0
const owner = new PartitionOwner({
  kafka: createKafka(config, 'sample', log),
  processor: createSample(topics),
  stateDirectory: STATE_DIR,
  sessionTimeoutMs: Number(SESSION_MS),
  log,
  crash,
  heartbeat: () => undefined,
  assigned: () => undefined,
  limitOf: () => 1_000_000,
  lost: () => undefined,
  committed: outcomes => {
    settled += outcomes.length
    log.debug({ event: 'step', size: outcomes.length, settled })
  },
})
process.on('unhandledRejection', crash)
process.on('SIGTERM', () => void owner.stop().then(() => process.exit(0)))
await owner.start()
