/** A real Prometheus on a loopback port, that scrapes a world by the rules of infra/observability, made faster. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { startChild } from '../../../infra/local/child.ts'
import { freePort } from '../../../infra/local/ports.ts'
import { RULES_FILE } from '../../support/prometheus-rules.ts'
import { waitUntil } from '../wait-until.ts'
import { isHealthy, type World } from '../world.ts'
import { fasterRules } from './faster-rules.ts'

const Alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
  }),
})

export interface Prometheus {
  /** Names of alerts by their state, each once. */
  readonly alerts: () => Promise<{ readonly firing: readonly string[]; readonly pending: readonly string[] }>
  readonly stop: () => Promise<void>
}

const LOOK_FOR_TARGETS_EVERY_MS = 300

export async function startPrometheus(world: World, factor: number): Promise<Prometheus> {
  const folder = join(world.directory, 'prometheus')
  mkdirSync(folder, { recursive: true })
  const config = {
    global: { scrape_interval: '2s', scrape_timeout: '2s', evaluation_interval: '1s' },
    rule_files: ['rules.yaml'],
    scrape_configs: [
      { job_name: 'atsflow', file_sd_configs: [{ files: ['targets.json'], refresh_interval: '1s' }] },
    ],
  }
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(config))
  writeFileSync(join(folder, 'rules.yaml'), fasterRules(readFileSync(RULES_FILE, 'utf8'), factor))
  const targets = keepTargets(world, join(folder, 'targets.json'))
  const port = await freePort()
  const child = await startChild({
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${join(folder, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--query.lookback-delta=10s',
    ],
    env: { PATH: process.env.PATH },
    logFile: join(world.directory, 'logs', 'prometheus.log'),
    pidFile: join(world.directory, 'run', 'prometheus.pid'),
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntil('Prometheus', 30_000, async () => (await fetch(`${url}/-/ready`)).ok)
  const named = async () =>
    Alerts.parse(await (await fetch(`${url}/api/v1/alerts`)).json()).data.alerts.map(
      ({ state, labels }) => [state, labels.alertname] as const,
    )
  return {
    async alerts() {
      const all = await named()
      const of = (state: string) =>
        [...new Set(all.flatMap(([is, name]) => (is === state ? [name] : [])))].sort()
      return { firing: of('firing'), pending: of('pending') }
    },
    async stop() {
      targets.stop()
      await child.stop(10_000)
    },
  }
}

/** Whoever has answered once is scraped until it has left: how long a process takes to start is not made faster. */
function keepTargets(world: World, file: string): { readonly stop: () => void } {
  const known = new Set<number>()
  const refresh = async (): Promise<void> => {
    const scraped = world.instances.filter(({ service }) => service !== 'sandbox')
    for (const instance of scraped)
      if (!known.has(instance.slot) && (await isHealthy(instance, '/readyz', 2_000))) known.add(instance.slot)
    const groups = scraped
      .filter(({ slot }) => known.has(slot))
      .map(({ service, slot, healthPort }) => ({
        targets: [`127.0.0.1:${healthPort}`],
        labels: { instance: `${service}-${slot}` },
      }))
    // Replaced at once: Prometheus may be reading it.
    writeFileSync(`${file}.new`, JSON.stringify(groups))
    renameSync(`${file}.new`, file)
  }
  let isOver = false
  const again = async (): Promise<void> => {
    await refresh().catch(() => undefined)
    if (!isOver) setTimeout(() => void again(), LOOK_FOR_TARGETS_EVERY_MS)
  }
  void again()
  return {
    stop() {
      isOver = true
    },
  }
}
