import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { localVersions } from '../../infra/local/artifacts.ts'
import { NODE_FLAGS } from '../../infra/node-flags.ts'
import { isGiven, knownSecrets, needsOfAll, TOPICS_NEED } from '../../infra/process-secrets.ts'
import { WHOM_THE_SANDBOX_INVITES } from '../../infra/stack.ts'
import { stackProcesses } from '../../infra/stack-processes.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { limited } from '../../services/platform/duckdb/select-process.ts'
import { KafkaSettings } from '../../services/platform/kafka/settings.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { AccountSettings, CallbackSettings } from '../../services/platform/pulsifi/settings.ts'
import { compose, repositoryFile as file, mountsOf } from '../support/compose.ts'
import { declaredVariables, shownVariables } from '../support/tidy-variables.ts'

const services = Object.entries(compose.services)
const ours = services.filter(([, { image }]) => image === 'atsflow')

/** Names that no process declares. */
async function undeclared(names: readonly string[]): Promise<readonly string[]> {
  const declared = await declaredVariables()
  return names.filter(name => !declared.has(name))
}

describe('infra/compose.yaml', () => {
  it.each(ours)('starts %s with a program that is there', (_, { command }) => {
    expect(command?.every(path => existsSync(file(path)))).toBe(true)
  })

  it.each(services.filter(([name]) => name !== 'registry'))(
    'has an image of %s that stays what it is',
    (_, service) => {
      // Nobody has published the digest of the registry's image where it could be compared.
      const { image, build } = service
      expect(build !== undefined || /:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image ?? '')).toBe(true)
    },
  )

  it('leaves nobody out unless asked to', () => {
    const onRequest = services.filter(([, { profiles }]) => profiles !== undefined)
    expect(onRequest.map(([name]) => name)).toEqual(['prometheus', 'grafana'])
  })

  it.each(ours)('lets %s write nothing but its data, and gain no rights', (_, service) => {
    expect(service).toMatchObject({ read_only: true, tmpfs: ['/tmp'], cap_drop: ['ALL'] })
  })

  it.each(services)('lets nothing in %s become more than it is', (_, { security_opt }) => {
    expect(security_opt).toEqual(['no-new-privileges:true'])
  })

  it.each(ours)(
    'gives %s the secrets that it reads, and no others',
    async (name, { environment, env_file }) => {
      const known = await knownSecrets([...(await discoverSources()).keys()])
      expect(known.length).toBeGreaterThan(20)
      const needs = name === 'topics' ? TOPICS_NEED : (await needsOfAll()).get(name)
      if (needs === undefined) throw new Error(`${name} is no process`)
      const files = (env_file ?? []).map(item => (typeof item === 'string' ? item : item.path))
      // As Docker reads them: the last one counts. Somebody's .env has every secret there is.
      const layers = files.map(path =>
        path === '.env'
          ? new Map(known.map(variable => [variable, 'x'] as const))
          : path.includes('${')
            ? new Map<string, string | null>()
            : shownVariables(readFileSync(file(path), 'utf8')),
      )
      const env = new Map(layers.flatMap(layer => [...layer]))
      const given = known.filter(variable => (environment?.[variable] ?? env.get(variable) ?? '') !== '')
      const read = known.filter(variable => isGiven(variable, needs, new Set(known), { BLOB_S3_BUCKET: 'x' }))
      expect(given).toEqual(read)
    },
  )

  it('runs every process of the stack', () => {
    for (const { name } of stackProcesses()) expect(compose.services).toHaveProperty(name)
  })

  it.each(services)('gives %s only volumes and services that are declared', (_, service) => {
    for (const { source } of mountsOf(service)) {
      if (source.startsWith('./')) expect(existsSync(file(source))).toBe(true)
      else expect(compose.volumes).toHaveProperty(source)
    }
    for (const name of Object.keys(service.depends_on ?? {})) expect(compose.services).toHaveProperty(name)
  })

  it.each(ours)('sets for %s only variables that a process reads', async (_, { environment }) => {
    expect(ours.length).toBeGreaterThan(4)
    expect(await undeclared(Object.keys(environment ?? {}))).toEqual([])
  })

  it('sets in sandbox.env only variables that a process reads', async () => {
    const names = [...shownVariables(readFileSync(file('infra/sandbox.env'), 'utf8')).keys()]
    expect(names).toContain('PULSIFI_BASE_URL')
    expect(await undeclared(names)).toEqual([])
  })

  it('invites in the sandbox whom npm start invites there', () => {
    const shown = Object.fromEntries(shownVariables(readFileSync(file('infra/sandbox.env'), 'utf8')))
    expect(shown).toMatchObject(WHOM_THE_SANDBOX_INVITES)
  })

  it.each(ours.filter(([name]) => name !== 'sandbox'))(
    'configures %s as its rules want',
    (_, { environment }) => {
      const written = Object.fromEntries(
        Object.entries(environment ?? {}).map(([name, value]) => [name, value.replace(/\$\{[^}]*\}/g, '')]),
      )
      const env = {
        ...Object.fromEntries(shownVariables(readFileSync(file('infra/sandbox.env'), 'utf8'))),
        ...written,
      }
      const Settings = z.object({ ...KafkaSettings, ...AccountSettings, ...CallbackSettings })
      const set = Object.fromEntries(
        Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== null),
      )
      expect(() => loadConfig(Settings, set)).not.toThrow()
    },
  )

  it('checks the health of each process on the port where it listens', () => {
    const ports = new Map(
      stackProcesses().map(({ name, healthPort }) => [String(name), String(healthPort.fallback)]),
    )
    const checked = ours.filter(([name]) => ports.has(name))
    for (const [name, { environment }] of checked) expect(environment?.HEALTH_PORT).toBe(ports.get(name))
  })

  it('opens to others where webhooks come in, and nothing else', () => {
    const open = services.flatMap(([, { ports }]) =>
      (ports ?? []).filter(port => !port.startsWith('127.0.0.1:')),
    )
    expect(open).toEqual(['8080:8080'])
  })

  it('runs the versions of broker and registry that the tests ran against', () => {
    const { kafka, apicurio } = localVersions()
    expect(compose.services.kafka?.image?.split('@')[0]).toBe(`apache/kafka:${kafka}`)
    expect(compose.services.registry?.image).toBe(`apicurio/apicurio-registry:${apicurio}`)
  })
})

describe('infra/Dockerfile', () => {
  const lines = readFileSync(file('infra/Dockerfile'), 'utf8').split('\n')

  it('does not run as root', () => {
    expect(lines).toContain('USER 1000:1000')
  })

  it('sets only variables that a process reads', async () => {
    const names = lines.flatMap(line =>
      line.startsWith('ENV ') ? (line.match(/\b[A-Z_]+(?==)/g) ?? []) : [],
    )
    expect(names).toContain('SPOOL_DIR')
    expect(await undeclared(names.filter(name => name !== 'NODE_ENV'))).toEqual([])
  })

  it('starts its command as every process is started', () => {
    const entryPoint = lines.find(line => line.startsWith('ENTRYPOINT '))?.slice('ENTRYPOINT '.length) ?? ''
    const [command, script, ...none] = JSON.parse(entryPoint)
    expect([command, none]).toEqual(['node', []])
    const said = ['-p', 'JSON.stringify([process.pid, process.execArgv])']
    const { pid, stdout } = spawnSync(process.execPath, [script, ...said], { cwd: file('.') })
    expect(JSON.parse(String(stdout))).toEqual([pid, [...NODE_FLAGS, ...said]])
  })

  it('brings what limits SQL at the console, since there is no shell', () => {
    const [file] = limited(1, [], () => false)
    expect(lines).toContain(`COPY --from=build /limit${file} ${file}`)
  })

  it('copies only what is there', () => {
    const copied = lines
      .filter(line => /^COPY (?!--from=)/.test(line))
      .flatMap(line => line.split(' ').slice(1, -1))
    expect(copied.length).toBeGreaterThan(3)
    for (const path of copied) expect(existsSync(file(path))).toBe(true)
  })
})
