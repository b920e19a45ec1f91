import { expect, it } from 'vitest'
import { startStack } from '../../../infra/stack.ts'
import { ConfigError } from '../../../services/platform/process/config.ts'

it('starts nothing when two are to listen on one port', async () => {
  const env = { PULSIFI_BASE_URL: 'http://127.0.0.1:9', CONSOLE_PORT: '9192', LOCAL_KAFKA_PORT: '9192' }
  const started = startStack({ env })
  await expect(started).rejects.toThrow(ConfigError)
  await expect(started).rejects.toThrow(/port 9192 is asked for by CONSOLE_PORT and LOCAL_KAFKA_PORT/)
})

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
