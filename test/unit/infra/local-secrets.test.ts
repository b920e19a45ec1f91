import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localSecrets, sourceSecretVariables } from '../../../infra/local-secrets.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-secrets-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

describe('localSecrets', () => {
  const file = () => join(directory, 'data', 'secrets.json')

  it('gives the same values every time, and adds what is new', () => {
    const first = localSecrets(file(), ['A'], {})
    const second = localSecrets(file(), ['A', 'B'], {})
    expect(second.A).toBe(first.A)
    expect(second.B).not.toBe(first.A)
    expect(localSecrets(file(), ['A', 'B'], {})).toEqual(second)
  })

  it('keeps them where only their owner can read them', () => {
    localSecrets(file(), ['A'], {})
    expect(statSync(file()).mode & 0o777).toBe(0o600)
  })

  it('makes none for what is set, directly or by a file', () => {
    const env = { A: 'mine', B_FILE: '/run/secrets/b', C: '' }
    expect(Object.keys(localSecrets(file(), ['A', 'B', 'C'], env))).toEqual(['C'])
  })
})

describe('sourceSecretVariables', () => {
  it('names one variable a source, and one for Pulsifi’s callback', () => {
    expect(sourceSecretVariables(['human-sourcing'])).toEqual([
      'SOURCE_HUMAN_SOURCING_SECRET',
      'SOURCE_PULSIFI_SECRET',
    ])
  })
})
