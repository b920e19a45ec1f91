import { expect, it } from 'vitest'
import { createKafka, type KafkaClient } from '../../../../services/platform/kafka/client.ts'
import { UnreachableError } from '../../../../services/platform/process/config.ts'
import type { Logger } from '../../../../services/platform/process/logger.ts'
import { checkTopics } from '../../../../services/platform/topics/admin.ts'
import { eventually } from '../../../support/partition-eventually.ts'

// Cast: of the client, checking topics uses nothing else before it is connected.
const clientThat = (connect: () => Promise<void>) =>
  ({ admin: () => ({ connect, disconnect: async () => undefined }) }) as unknown as KafkaClient

it('is one sentence that names what starts a broker and the variable that names one', async () => {
  const client = clientThat(async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { name: 'KafkaJSConnectionError' })
  })
  const error = await checkTopics(client, ['t'], 6).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UnreachableError)
  expect(String(error)).toContain('npm run start:infra')
  expect(String(error)).toContain('KAFKA_BROKERS')
  expect(String(error)).not.toContain('\n')
})

it('is not what a broker says that answers', async () => {
  const refusal = Object.assign(new Error('wrong password'), { name: 'KafkaJSSASLAuthenticationError' })
  const client = clientThat(async () => {
    throw refusal
  })
  await expect(checkTopics(client, ['t'], 6)).rejects.toBe(refusal)
})

it('is logged once, not for every attempt to connect', async () => {
  const lines: string[] = []
  const write = (level: string) => () => void lines.push(level)
  // Cast: of the logger, the client uses these two.
  const log = { warn: write('warn'), debug: write('debug') } as unknown as Logger
  const config = {
    ...{
      KAFKA_BROKERS: ['127.0.0.1:1'],
      KAFKA_SSL: false,
      SCHEMA_REGISTRY_URL: 'http://unused',
      PARTITIONS: 1,
    },
    LOG_LEVEL: 'info',
  } as const
  const admin = createKafka(config, 'test', log).admin()
  const connected = admin.connect().catch(() => undefined)
  await eventually('several attempts', () => lines.length >= 8, 5_000)
  expect(lines.filter(level => level === 'warn')).toHaveLength(1)
  await Promise.race([admin.disconnect(), connected])
})
