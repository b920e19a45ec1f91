import { createRequire } from 'node:module'
import { expect, it } from 'vitest'
import { refusalOf } from '../../../../services/ingress/spool/refusal.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'

const require = createRequire(import.meta.url)
/** What the client throws is not exported. */
const inside = (path: string) => require(`kafkajs/src/${path}`)
const { createErrorFromCode } = inside('protocol/error')
const { KafkaJSNumberOfRetriesExceeded, KafkaJSConnectionError } = inside('errors')
const ANSWERS = {
  UNKNOWN_TOPIC: 3,
  NOT_LEADER: 6,
  TOO_LARGE: 10,
  FEW_REPLICAS: 19,
  NOT_ALLOWED: 29,
  INVALID: 87,
}

it.each([
  ['a right that is missing', createErrorFromCode(ANSWERS.NOT_ALLOWED), 'topic TOPIC_AUTHORIZATION_FAILED'],
  [
    'a topic that is missing, when the client gave up on it',
    new KafkaJSNumberOfRetriesExceeded(createErrorFromCode(ANSWERS.UNKNOWN_TOPIC), {
      retryCount: 5,
      retryTime: 1,
    }),
    'topic UNKNOWN_TOPIC_OR_PARTITION',
  ],
  ['a topic that was found to be wrong', new ConfigError('x has 8'), 'topic TOPIC_WRONG'],
  ['a record that is too large', createErrorFromCode(ANSWERS.TOO_LARGE), 'record MESSAGE_TOO_LARGE'],
  ['a record that the topic does not take', createErrorFromCode(ANSWERS.INVALID), 'record INVALID_RECORD'],
  ['a lead that has moved', createErrorFromCode(ANSWERS.NOT_LEADER), null],
  ['replicas that are away', createErrorFromCode(ANSWERS.FEW_REPLICAS), null],
  ['a broker that is away', new KafkaJSConnectionError('ECONNREFUSED'), null],
  ['no error', 'text', null],
])('tells refusal from absence: %s', (_what, error, expected) => {
  const refusal = refusalOf(error)
  expect(refusal && `${refusal.of} ${refusal.cause}`).toBe(expected)
})
