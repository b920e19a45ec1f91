import { expect, it } from 'vitest'
import { startStack } from '../../../infra/stack.ts'
import { ConfigError } from '../../../services/platform/process/config.ts'

it('starts nothing on the brokers of another machine without an account at Pulsifi', async () => {
  const said: string[] = []
  const env = {
    KAFKA_BROKERS: 'kafka.example.com:9092, b:9092',
    SCHEMA_REGISTRY_URL: 'http://registry.example.com',
  }
  const started = startStack({ env, onEvent: line => said.push(line) })
  await expect(started).rejects.toThrow(ConfigError)
  await expect(started).rejects.toThrow('PULSIFI_BASE_URL')
  expect(said).toEqual([])
})
