/** Debian's Prometheus, with the project's rules shortened, looking at whatever processes run. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setInterval as every } from 'node:timers/promises'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type Child, lastLines, startChild } from '../../../infra/local/child.ts'
import { freePort } from '../../../infra/local/ports.ts'
import { ruleGroups } from '../../support/prometheus-rules.ts'
import { waitUntil } from '../wait-until.ts'
import type { Firing } from './judge.ts'
import { shorten } from './shorten.ts'

/** Twice a second: more often than the rules are evaluated. */
const LOOK_EVERY_MS = 500
/** How old the last sample of a series may be, as Prometheus has it unless it is told otherwise. */
const LOOKBACK_SECONDS = 300

/** By the name that `instance` shows: host and port. */
export type Targets = Readonly<Record<string, string>>

const Alerts = z.object({
  data: z.object({
    alerts: z.array(z.object({ labels: z.object({ alertname: z.string() }), state: z.string() })),
  }),
})
const Samples = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
})

export class Prometheus {
  readonly #directory: string
  readonly #url: string
  readonly #child: Child
  readonly #over = new AbortController()
  readonly #watching: Promise<void>
  readonly #firings: { alert: string; fromMs: number; toMs: number | null }[] = []

  private constructor(directory: string, url: string, child: Child) {
    this.#directory = directory
    this.#url = url
    this.#child = child
    this.#watching = this.#watch()
  }

  /** @param factor what every time of the rules is divided by */
  static async start(directory: string, factor: number): Promise<Prometheus> {
    mkdirSync(directory, { recursive: true })
    const [port, logFile] = [await freePort(), join(directory, 'prometheus.log')]
    const config = {
      global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
      rule_files: ['rules.yaml'],
      scrape_configs: [
        { job_name: 'atsflow', file_sd_configs: [{ files: ['targets.json'], refresh_interval: '1s' }] },
      ],
    }
    writeFileSync(join(directory, 'prometheus.yaml'), stringify(config))
    writeFileSync(join(directory, 'rules.yaml'), stringify({ groups: shorten(ruleGroups(), factor) }))
    writeFileSync(join(directory, 'targets.json'), '[]')
    const child = await startChild({
      ...{ name: 'prometheus', command: 'prometheus', env: process.env, logFile },
      pidFile: join(directory, 'prometheus.pid'),
      args: [
        `--config.file=${join(directory, 'prometheus.yaml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        `--query.lookback-delta=${Math.round((LOOKBACK_SECONDS * 1000) / factor)}ms`,
      ],
    })
    const url = `http://127.0.0.1:${port}`
    await waitUntil('Prometheus to be ready', 30_000, async () => {
      if (child.hasExited()) throw new Error(lastLines(logFile, 5))
      return (await fetch(`${url}/-/ready`)).ok
    })
    return new Prometheus(directory, url, child)
  }

  /** From now on these and no others are looked at. */
  scrape(targets: Targets): void {
    const groups = Object.entries(targets).map(([instance, address]) => ({
      targets: [address],
      labels: { instance },
    }))
    const file = join(this.#directory, 'targets.json')
    // It is read whenever it changes, and must not be read half written.
    writeFileSync(`${file}.new`, JSON.stringify(groups))
    renameSync(`${file}.new`, file)
  }

  /** Values of an instant query. */
  async query(expr: string): Promise<readonly number[]> {
    const response = await fetch(`${this.#url}/api/v1/query?${new URLSearchParams({ query: expr })}`)
    return Samples.parse(await response.json()).data.result.map(({ value: [, text] }) => Number(text))
  }

  /** All that has fired since it was started. */
  get firings(): readonly Firing[] {
    return this.#firings
  }
  fires(alert: string): boolean {
    return this.#firings.some(firing => firing.alert === alert && firing.toMs === null)
  }
  hasFired(alert: string, sinceMs: number): boolean {
    return this.#firings.some(firing => firing.alert === alert && firing.fromMs >= sinceMs)
  }

  async stop(): Promise<void> {
    this.#over.abort()
    await this.#watching
    await this.#child.stop(10_000)
  }

  async #watch(): Promise<void> {
    try {
      for await (const _ of every(LOOK_EVERY_MS, undefined, { signal: this.#over.signal })) {
        const names = await this.#firingNow().catch(() => null)
        if (names !== null) this.#note(names, Date.now())
      }
    } catch (error) {
      if (!this.#over.signal.aborted) throw error
    }
  }

  async #firingNow(): Promise<ReadonlySet<string>> {
    const response = await fetch(`${this.#url}/api/v1/alerts`, { signal: AbortSignal.timeout(5_000) })
    const { alerts } = Alerts.parse(await response.json()).data
    return new Set(
      alerts.filter(({ state }) => state === 'firing').map(({ labels: { alertname } }) => alertname),
    )
  }

  #note(names: ReadonlySet<string>, nowMs: number): void {
    for (const firing of this.#firings)
      if (firing.toMs === null && !names.has(firing.alert)) firing.toMs = nowMs
    for (const alert of names)
      if (!this.fires(alert)) this.#firings.push({ alert, fromMs: nowMs, toMs: null })
  }
}
