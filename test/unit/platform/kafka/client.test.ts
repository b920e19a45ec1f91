import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { createKafka } from '../../../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../../../services/platform/kafka/settings.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'

const CONFIG = z
  .object(KafkaSettings)
  .parse({ KAFKA_BROKERS: '127.0.0.1:9', SCHEMA_REGISTRY_URL: 'http://127.0.0.1:9' })

/** The levels at which these lines of kafkajs come out. */
function levelsOf(lines: readonly { namespace: string; message: string; fields?: object }[]): string[] {
  const levels: string[] = []
  const log = createLogger('test', 'silent')
  log.warn = () => void levels.push('warn')
  log.debug = () => void levels.push('debug')
  const kafka = createKafka(CONFIG, 'test', log)
  for (const { namespace, message, fields } of lines)
    kafka.logger().namespace(namespace).error(message, fields)
  return levels
}

describe('what kafkajs calls an error is', () => {
  it.each([
    ['Connection', 'Response AddPartitionsToTxn(key: 24, version: 1)', 'CONCURRENT_TRANSACTIONS'],
    ['Connection', 'Response AddOffsetsToTxn(key: 25, version: 1)', 'CONCURRENT_TRANSACTIONS'],
    ['Connection', 'Response EndTxn(key: 26, version: 1)', 'NOT_COORDINATOR_FOR_GROUP'],
  ])('debug as an answer that whoever asked has: %s, %s, %s', (namespace, message, error) => {
    expect(levelsOf([{ namespace, message, fields: { error } }])).toEqual(['debug'])
  })

  it('debug where it will be tried again', () => {
    const fields = { retryCount: 1, retryTime: 20 }
    expect(levelsOf([{ namespace: 'Producer', message: 'Failed to send messages', fields }])).toEqual([
      'debug',
    ])
  })

  it('a warning once in half a minute where no broker is reached, whatever was answered before', () => {
    const attempt = { namespace: 'Connection', message: 'Connection error: connect ECONNREFUSED' }
    const answer = { namespace: 'Connection', message: 'Response EndTxn(key: 26, version: 1)' }
    expect(levelsOf([answer, attempt, attempt])).toEqual(['debug', 'warn', 'debug'])
  })

  it('a warning in all other cases', () => {
    expect(levelsOf([{ namespace: 'Consumer', message: 'Crash: Error: x' }])).toEqual(['warn'])
  })
})
