import { describe, expect, it } from 'vitest'
import { help, loadOptions, SANDBOX_VARIABLES } from '../../../infra/pulsifi-sandbox/config.ts'

describe('configuration', () => {
  it('works with nothing set, and takes an empty variable as unset', () => {
    const loaded = loadOptions({ SANDBOX_PORT: '' })
    expect(loaded).toMatchObject({ type: 'ok', options: { port: 8095, finishSeconds: 3, strict: true } })
  })

  it('reads fractions of a second and flags', () => {
    const loaded = loadOptions({ SANDBOX_FINISH_SECONDS: '0.25', SANDBOX_STRICT: 'false' })
    expect(loaded).toMatchObject({ type: 'ok', options: { finishSeconds: 0.25, strict: false } })
  })

  it('names every faulty variable at once, without its value', () => {
    const loaded = loadOptions({ SANDBOX_PORT: 'http', SANDBOX_REPLY: 'boxed', SANDBOX_CLIENT_ID: 'acme' })
    const faults = loaded.type === 'faults' ? loaded.faults : []
    expect(faults.map(fault => fault.split(':')[0])).toEqual([
      'SANDBOX_PORT',
      'SANDBOX_REPLY',
      'SANDBOX_CLIENT_SECRET',
    ])
    expect(faults.join()).not.toMatch(/http|boxed|acme/)
  })

  it('explains every variable', () => {
    for (const name of SANDBOX_VARIABLES) expect(help()).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  })
})
