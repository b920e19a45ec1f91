import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { endpointOf } from '../../../../services/platform/avro/registry-reader.ts'
import { KafkaSettings, registryUrlOf } from '../../../../services/platform/kafka/settings.ts'
import {
  ConfigFaults,
  configSummary,
  type Environment,
  loadConfig,
} from '../../../../services/platform/process/config.ts'

const SCHEMA_REGISTRY_URL = 'https://registry.example.com/apis'

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(z.object(KafkaSettings), env)
    return []
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults
    throw error
  }
}

it.each(['a/b#c%d', 'ü@:?&', '%20'])('takes %j for a password of the registry', password => {
  const url = registryUrlOf({
    SCHEMA_REGISTRY_URL,
    REGISTRY_USERNAME: 'kim@example',
    REGISTRY_PASSWORD: password,
  })
  expect(endpointOf(url)).toEqual({ host: SCHEMA_REGISTRY_URL, auth: { username: 'kim@example', password } })
})

it('takes the password of the registry from a file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-registry-'))
  const REGISTRY_PASSWORD_FILE = join(directory, 'password')
  writeFileSync(REGISTRY_PASSWORD_FILE, 'a/b#c%d\n')
  const env = { SCHEMA_REGISTRY_URL, REGISTRY_USERNAME: 'kim', REGISTRY_PASSWORD_FILE }
  const config = loadConfig(z.object(KafkaSettings), env)
  rmSync(directory, { recursive: true })
  expect(endpointOf(registryUrlOf(config)).auth).toEqual({ username: 'kim', password: 'a/b#c%d' })
  expect(JSON.stringify(configSummary(z.object(KafkaSettings), config))).not.toContain('a/b#c%d')
})

it('leaves the URL of the registry as it is without them', () => {
  expect(registryUrlOf({ SCHEMA_REGISTRY_URL })).toBe(SCHEMA_REGISTRY_URL)
})

const SCRAM = {
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: 'kim',
  KAFKA_SASL_PASSWORD: 'hunter2',
}

const OAUTH = {
  KAFKA_SSL: 'true',
  KAFKA_SASL_MECHANISM: 'oauthbearer',
  KAFKA_OAUTH_TOKEN_URL: 'https://login.example.com/token',
  KAFKA_OAUTH_CLIENT_ID: 'id',
  KAFKA_OAUTH_CLIENT_SECRET: 'x',
}

const MSK = { KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'aws-msk-iam', AWS_REGION: 'eu-central-1' }

describe('settings that contradict each other end with a sentence that names the variable and the remedy', () => {
  it.each<[string, Environment, string]>([
    ['a CA without TLS', { KAFKA_SSL_CA_FILE: 'ca.pem' }, 'KAFKA_SSL_CA_FILE: .*KAFKA_SSL is true'],
    [
      'a user without a mechanism',
      { KAFKA_SASL_USERNAME: 'kim' },
      'KAFKA_SASL_USERNAME: .*KAFKA_SASL_MECHANISM',
    ],
    [
      'a password without a mechanism',
      { KAFKA_SASL_PASSWORD: 'x' },
      'KAFKA_SASL_PASSWORD: .*KAFKA_SASL_MECHANISM',
    ],
    [
      'a mechanism without a password',
      { ...SCRAM, KAFKA_SASL_PASSWORD: '' },
      'KAFKA_SASL_MECHANISM: .*KAFKA_SASL_PASSWORD',
    ],
    [
      'a password that goes over the network as it is',
      { ...SCRAM, KAFKA_SASL_MECHANISM: 'plain', KAFKA_BROKERS: '127.0.0.1:1,b.example.com:9092' },
      'KAFKA_SASL_MECHANISM: plain .*b.example.com:9092: set KAFKA_SSL=true',
    ],
    [
      'a certificate without its key',
      { KAFKA_SSL: 'true', KAFKA_SSL_CERT_FILE: 'c.pem' },
      'KAFKA_SSL_CERT_FILE: .*KAFKA_SSL_KEY_FILE',
    ],
    [
      'a key without its certificate',
      { KAFKA_SSL: 'true', KAFKA_SSL_KEY_FILE: 'k.pem' },
      'KAFKA_SSL_KEY_FILE: .*KAFKA_SSL_CERT_FILE',
    ],
    [
      'half an authorization server',
      { ...OAUTH, KAFKA_OAUTH_CLIENT_ID: '' },
      'KAFKA_SASL_MECHANISM: .*CLIENT_ID',
    ],
    [
      'an authorization server over http',
      { ...OAUTH, KAFKA_OAUTH_TOKEN_URL: 'http://login.example.com' },
      'KAFKA_OAUTH_TOKEN_URL: expected https',
    ],
    ['a scope without a token', { KAFKA_OAUTH_SCOPE: 'x' }, 'KAFKA_OAUTH_SCOPE: .*KAFKA_SASL_MECHANISM'],
    [
      'a user beside a token',
      { ...OAUTH, KAFKA_SASL_USERNAME: 'kim' },
      'KAFKA_SASL_USERNAME: .*KAFKA_SASL_MECHANISM',
    ],
    [
      'a token that goes over the network as it is',
      { ...OAUTH, KAFKA_SSL: '', KAFKA_BROKERS: 'b.example.com:9092' },
      'KAFKA_SASL_MECHANISM: oauthbearer .*b.example.com:9092: set KAFKA_SSL=true',
    ],
    ['a role of AWS nowhere', { ...MSK, AWS_REGION: '' }, 'KAFKA_SASL_MECHANISM: .*AWS_REGION'],
    ['a region that is none', { ...MSK, AWS_REGION: 'eu/../x' }, 'AWS_REGION: expected the name of a region'],
    [
      'a password beside a role of AWS',
      { ...MSK, KAFKA_SASL_PASSWORD: 'x' },
      'KAFKA_SASL_PASSWORD: .*KAFKA_SASL_MECHANISM',
    ],
    [
      'an authorization server beside a role of AWS',
      { ...MSK, KAFKA_OAUTH_SCOPE: 'x' },
      'KAFKA_OAUTH_SCOPE: .*KAFKA_SASL_MECHANISM',
    ],
    [
      'a signed token that goes over the network as it is',
      { ...MSK, KAFKA_SSL: '', KAFKA_BROKERS: 'b.example.com:9098' },
      'KAFKA_SASL_MECHANISM: aws-msk-iam .*b.example.com:9098: set KAFKA_SSL=true',
    ],
    ['half a login of the registry', { REGISTRY_USERNAME: 'kim' }, 'REGISTRY_USERNAME: .*REGISTRY_PASSWORD'],
    ['the other half', { REGISTRY_PASSWORD: 'x' }, 'REGISTRY_PASSWORD: .*REGISTRY_USERNAME'],
    [
      'two users of the registry',
      {
        SCHEMA_REGISTRY_URL: 'https://lou:x@registry.example.com',
        REGISTRY_USERNAME: 'kim',
        REGISTRY_PASSWORD: 'x',
      },
      'REGISTRY_USERNAME: .*SCHEMA_REGISTRY_URL',
    ],
    [
      'a registry over http',
      { SCHEMA_REGISTRY_URL: 'http://registry.example.com' },
      'SCHEMA_REGISTRY_URL: expected https',
    ],
  ])('%s', (_what, env, sentence) => {
    expect(faultsOf(env)).toEqual([expect.stringMatching(`^${sentence}`)])
  })

  it('and show no value of a secret', () => {
    expect(faultsOf({ KAFKA_SASL_PASSWORD: 'hunter2', REGISTRY_PASSWORD: 'hunter2' }).join()).not.toContain(
      'hunter2',
    )
  })

  it.each<[string, Environment]>([
    ['nothing at all', {}],
    ['a role of AWS', { ...MSK, KAFKA_BROKERS: 'b.example.com:9098' }],
    ['a region, which others read, too,', { AWS_REGION: 'eu-central-1' }],
    ['a login that hides its password', { ...SCRAM, KAFKA_BROKERS: 'b.example.com:9092' }],
    ['a password on this machine', { ...SCRAM, KAFKA_SASL_MECHANISM: 'plain', KAFKA_BROKERS: '[::1]:9092' }],
    [
      'a password over TLS',
      { ...SCRAM, KAFKA_SASL_MECHANISM: 'plain', KAFKA_BROKERS: 'b.example.com:9092', KAFKA_SSL: 'true' },
    ],
    [
      'a password in a network of one’s own',
      { ...SCRAM, KAFKA_SASL_MECHANISM: 'plain', KAFKA_BROKERS: 'kafka:9092', PLAINTEXT_HOSTS: 'kafka' },
    ],
  ])('while %s is fine', (_what, env) => {
    expect(faultsOf(env)).toEqual([])
  })
})
