/** Who looks at the processes of infra/compose.yaml finds them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { stackProcesses } from '../../infra/stack-processes.ts'
import { ConsoleConfig, listenHost, scrapeTargets } from '../../services/console/config.ts'
import { loadConfig } from '../../services/platform/process/config.ts'
import { type ComposeService, compose, mountsOf, repositoryFile } from '../support/compose.ts'
import { shownVariables } from '../support/tidy-variables.ts'

const FOLDER = 'infra/observability'
const read = (path: string): string => readFileSync(repositoryFile(path), 'utf8')
/** `service:port` of everything that answers /metrics. */
const metricsOf = stackProcesses().map(({ name, healthPort }) => `${name}:${healthPort.fallback}`)
const serviceOf = (name: string): ComposeService => compose.services[name] ?? {}
/** What a service has at a path: a path of the repository. */
const mountedAt = (service: string, path: string) =>
  mountsOf(serviceOf(service)).find(({ target }) => target === path)?.source ?? 'nothing'

describe('the console', () => {
  const sandbox = Object.fromEntries(
    [...shownVariables(read('infra/sandbox.env'))].flatMap(([name, value]) =>
      value === null ? [] : [[name, value]],
    ),
  )
  const config = loadConfig(ConsoleConfig, { ...sandbox, ...serviceOf('console').environment })

  it('is reached from outside its container, with the token', () => {
    expect(listenHost(config)).toBe('0.0.0.0')
    expect(serviceOf('console').ports).toEqual([`127.0.0.1:${config.CONSOLE_PORT}:${config.CONSOLE_PORT}`])
  })

  it('is left to itself where somebody has an account and names no token', () => {
    expect(listenHost({ ...config, CONSOLE_TOKEN: undefined })).toBe('127.0.0.1')
  })

  it('reads the numbers of every other process where that answers', () => {
    const others = metricsOf.filter(address => !address.startsWith('console:'))
    expect(others).toHaveLength(3)
    expect(scrapeTargets(config)).toEqual(
      others.map(address => ({ name: address.split(':')[0], url: `http://${address}/metrics` })),
    )
    expect(others.filter(address => compose.services[address.split(':')[0] ?? ''] === undefined)).toEqual([])
  })
})

describe('Prometheus', () => {
  const Scraping = z.strictObject({
    global: z.strictObject({ scrape_interval: z.string(), evaluation_interval: z.string() }),
    rule_files: z.array(z.string()).min(1),
    scrape_configs: z.tuple([
      z.strictObject({
        job_name: z.literal('atsflow'),
        static_configs: z.tuple([z.strictObject({ targets: z.array(z.string()) })]),
      }),
    ]),
  })
  const { rule_files: rules, scrape_configs: jobs } = Scraping.parse(parse(read(`${FOLDER}/prometheus.yaml`)))
  const config = serviceOf('prometheus')
    .command?.find(argument => argument.startsWith('--config.file='))
    ?.slice('--config.file='.length)

  it('asks every process where it answers', () => {
    expect(jobs[0].static_configs[0].targets).toEqual(metricsOf)
    expect(metricsOf.every(address => compose.services[address.split(':')[0] ?? ''] !== undefined)).toBe(true)
  })

  it('has its configuration and the rules beside it', () => {
    expect(mountedAt('prometheus', config ?? '')).toBe(`./${FOLDER}/prometheus.yaml`)
    expect(rules.map(name => mountedAt('prometheus', new URL(name, `file://${config}`).pathname))).toEqual([
      `./${FOLDER}/rules.yaml`,
    ])
  })
})

describe('Grafana', () => {
  const Sources = z.object({
    datasources: z.tuple([
      z.object({ type: z.literal('prometheus'), url: z.url(), isDefault: z.literal(true) }),
    ]),
  })
  const Providers = z.object({
    providers: z.tuple([z.object({ type: z.literal('file'), options: z.object({ path: z.string() }) })]),
  })
  const PROVISIONING = '/etc/grafana/provisioning'
  /** The file of the repository that Grafana reads in one of its folders. */
  const provisioned = (folder: string): unknown => {
    const at = mountsOf(serviceOf('grafana')).filter(({ target }) =>
      target.startsWith(`${PROVISIONING}/${folder}/`),
    )
    return parse(read(at[0]?.source ?? 'nothing'))
  }

  it('asks Prometheus where it answers', () => {
    const [{ url }] = Sources.parse(provisioned('datasources')).datasources
    const port = serviceOf('prometheus').ports?.[0]?.split(':').at(-1)
    expect(url).toBe(`http://prometheus:${port}`)
  })

  it('shows every dashboard', () => {
    const [{ options }] = Providers.parse(provisioned('dashboards')).providers
    const folder = mountedAt('grafana', options.path)
    expect(folder).toBe(`./${FOLDER}/dashboards`)
    expect(existsSync(repositoryFile(folder))).toBe(true)
    expect(readdirSync(repositoryFile(folder)).filter(name => name.endsWith('.json'))).toHaveLength(3)
  })

  it('lets nobody in with a password that everybody knows', () => {
    expect(serviceOf('grafana').environment).toMatchObject({
      GF_AUTH_DISABLE_LOGIN_FORM: 'true',
      GF_AUTH_BASIC_ENABLED: 'false',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    })
  })
})
