/** What a person sees who starts something that cannot work: one clear sentence, and no stack. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, inject, it, onTestFinished } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Only what is given, so that the machine's own variables decide nothing. */
async function run(script: string, env: Record<string, string>, ...args: string[]): Promise<Ended> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-e2e-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const child = spawn(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    env: { HOME: dataDir, LOCAL_DATA_DIR: dataDir, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (output.stdout += chunk))
  child.stderr.on('data', chunk => (output.stderr += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

/** The same, with Ctrl-C as soon as it has said something that matches. */
async function interrupt(script: string, env: Record<string, string>, when: RegExp): Promise<Ended> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-e2e-'))
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }))
  const child = spawn(process.execPath, [join(ROOT, script)], {
    cwd: ROOT,
    env: { HOME: dataDir, LOCAL_DATA_DIR: dataDir, TMPDIR: dataDir, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  let isInterrupted = false
  child.stdout.on('data', chunk => (output.stdout += chunk))
  child.stderr.on('data', chunk => {
    output.stderr += chunk
    if (isInterrupted || !when.test(output.stderr)) return
    isInterrupted = true
    child.kill('SIGINT')
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

async function takenPort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

const brokers = () => ({
  KAFKA_BROKERS: inject('kafkaBrokers'),
  SCHEMA_REGISTRY_URL: inject('registryUrl'),
})
const STACK = /^\s+at /m

describe('npm start', () => {
  it('with neither a JDK nor Docker names the three ways, without a stack', async () => {
    const ended = await run('infra/start.ts', { PATH: '/nonexistent', DOCKER_HOST: 'tcp://127.0.0.1:1' })
    expect(ended.code).toBe(78)
    expect(ended.stderr).toContain('no Kafka broker and schema registry')
    expect(ended.stderr).toContain('set KAFKA_BROKERS and SCHEMA_REGISTRY_URL')
    expect(ended.stderr).not.toMatch(STACK)
  })

  it('on a port that is taken names the port and the variable, without a stack', async () => {
    const port = await takenPort()
    const env = { ...brokers(), PATH: process.env.PATH ?? '', SANDBOX_PORT: String(port) }
    const ended = await run('infra/start.ts', env)
    expect(ended.code).toBe(78)
    expect(ended.stderr).toMatch(new RegExp(`port ${port} is taken by .*SANDBOX_PORT`))
    expect(ended.stderr).not.toMatch(STACK)
  })

  it('names all ports that are taken, and has started nothing by then', async () => {
    const [one, other] = [await takenPort(), await takenPort()]
    const ports = { SANDBOX_PORT: String(one), CONSOLE_PORT: String(other) }
    const ended = await run('infra/start.ts', { ...brokers(), PATH: process.env.PATH ?? '', ...ports })
    expect(ended.code).toBe(78)
    expect(ended.stderr).toMatch(new RegExp(`port ${one} is taken by .*SANDBOX_PORT`))
    expect(ended.stderr).toMatch(new RegExp(`port ${other} is taken by .*CONSOLE_PORT`))
    expect(ended.stderr).not.toMatch(/topics: |is ready/)
  })
})

describe('Ctrl-C', () => {
  const free = {
    ...{ INGRESS_PORT: '0', HEALTH_PORT: '0', NORMALIZER_PORT: '0', PULSIFI_SINK_PORT: '0' },
    ...{ CONSOLE_PORT: '0', SANDBOX_PORT: '0' },
  }

  it.each([
    ['the first line', /Using the brokers/],
    ['the topics', /topics: /],
    ['the first process', /sandbox is ready/],
  ])('after %s ends npm start, and starts nothing more', async (_, when) => {
    const ended = await interrupt(
      'infra/start.ts',
      { ...brokers(), ...free, PATH: process.env.PATH ?? '' },
      when,
    )
    expect(ended).toMatchObject({ code: 130, stdout: '' })
    expect(ended.stderr).not.toContain('ingress is ready')
    expect(ended.stderr).not.toMatch(STACK)
  })

  it('ends the demo while it starts, and leaves nothing behind', async () => {
    const ended = await interrupt(
      'infra/demo/main.ts',
      { ...brokers(), PATH: process.env.PATH ?? '' },
      /topics: /,
    )
    expect(ended).toMatchObject({ code: 130, stdout: '' })
    expect(ended.stderr).not.toContain('The logs of the processes are in')
  })
})

describe('a single part', () => {
  it('without a broker names the command that starts one, without a stack', async () => {
    const env = { LOCAL_KAFKA_PORT: '1', LOCAL_REGISTRY_PORT: '2' }
    const ended = await run('infra/start-part.ts', env, 'ingress')
    expect(ended.code).toBe(78)
    expect(ended.stderr).toContain('npm run start:infra')
    expect(ended.stderr).not.toMatch(STACK)
  })

  it.each([
    ['ingress', 'INGRESS_PORT'],
    ['ingress', 'HEALTH_PORT'],
    ['sandbox', 'SANDBOX_PORT'],
  ])('%s on a port that is taken names it, without a stack', async (name, variable) => {
    const port = await takenPort()
    const ended = await run('infra/start-part.ts', { ...brokers(), [variable]: String(port) }, name)
    expect(ended.code).not.toBe(0)
    expect(ended.stdout + ended.stderr).toContain(String(port))
    expect(ended.stdout + ended.stderr).not.toMatch(STACK)
  })
})

describe('npm run demo', () => {
  it('with --once on brokers that exist plays in a fresh tenant and ends with 0', async () => {
    const env = { ...brokers(), PATH: process.env.PATH ?? '' }
    const ended = await run('infra/demo/main.ts', env, '--once')
    expect(ended.stderr).not.toMatch(STACK)
    expect(ended.stdout).toMatch(/Inès Prototype .* invited, completed: role fit \d+/)
    expect(ended.stdout).toContain('13 webhooks, 12 applications, 5 invited, 5 candidates at Pulsifi')
    expect(ended.code).toBe(0)
  })
})
