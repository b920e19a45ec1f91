import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  ConfigFaults,
  type Environment,
  loadConfig,
  secret,
} from '../../../../services/platform/process/config.ts'
import { overTls, RuleSettings, ruled } from '../../../../services/platform/process/config-rules.ts'

const Trial = z.object({
  API_URL: ruled(z.url(), overTls).default('http://127.0.0.1:80').describe('its address'),
  API_KEY: secret().optional(),
  ...RuleSettings,
})

function faultsOf(env: Environment): readonly string[] {
  try {
    loadConfig(Trial, env)
    return []
  } catch (error) {
    if (error instanceof ConfigFaults) return error.faults
    throw error
  }
}

describe('an address that is spoken to over TLS', () => {
  it.each([
    'https://api.example.com',
    'http://127.0.0.1:8080/x',
    'http://127.8.0.1',
    'http://localhost:1',
    'http://[::1]:1',
  ])('may be %s', API_URL => {
    expect(faultsOf({ API_URL })).toEqual([])
  })

  it.each([
    'http://api.example.com/x',
    'http://10.0.0.1',
    'http://localhost.example.com',
    'ftp://127.1.example.com',
  ])('may not be %s', API_URL => {
    expect(faultsOf({ API_URL })).toEqual([
      expect.stringMatching(/^API_URL: expected https: .*PLAINTEXT_HOSTS$/),
    ])
  })

  it('may be http at the hosts that somebody has named, and at no other', () => {
    const PLAINTEXT_HOSTS = 'registry, Sandbox'
    expect(faultsOf({ API_URL: 'http://registry:8080', PLAINTEXT_HOSTS })).toEqual([])
    expect(faultsOf({ API_URL: 'http://sandbox', PLAINTEXT_HOSTS })).toEqual([])
    expect(faultsOf({ API_URL: 'http://registry.example.com', PLAINTEXT_HOSTS })).toHaveLength(1)
  })
})

it('refuses a value beside the file that should hold it', () => {
  expect(faultsOf({ API_KEY: 'a', API_KEY_FILE: '/nowhere' })).toEqual([
    'API_KEY: contradicts API_KEY_FILE: set one of the two',
  ])
})
