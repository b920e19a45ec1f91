/** Alerts, dashboards and runbooks speak of what there is. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../../infra/observability/dashboards.ts'
import { Dashboard, makeDashboard } from '../../infra/observability/grafana.ts'
import { OPEN_OUTCOMES } from '../../services/console/figures/open-applications.ts'
import { ALERT_CASES } from '../support/alert-cases.ts'
import { everyMetric } from '../support/every-metric.ts'
import { isCommand, saidCommands } from '../support/ops-commands.ts'
import { alertRules, usedMetrics } from '../support/prometheus-rules.ts'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
const FOLDER = 'infra/observability'
const runbooks = read(`${FOLDER}/runbooks.md`)
/** What to do, by alert. */
const sections = new Map(
  runbooks
    .split(/^## /m)
    .slice(1)
    .map(section => [section.split('\n')[0] ?? '', section] as const),
)
const rules = alertRules()
const alerts = rules.map(({ alert }) => alert)
const plans = DASHBOARDS.flatMap(({ rows }) => rows.flatMap(({ panels }) => panels))

describe('an alert', () => {
  it('has a name of its own', () => {
    expect(new Set(alerts).size).toBe(alerts.length)
    expect(alerts.length).toBeGreaterThan(20)
  })

  it('leads to its heading in the runbooks, and every heading is of an alert', () => {
    expect([...sections.keys()]).toEqual(alerts)
    const wanted = rules.map(({ alert }) => `${FOLDER}/runbooks.md#${alert.toLowerCase()}`)
    expect(rules.map(({ annotations }) => annotations.runbook_url)).toEqual(wanted)
  })

  it.each(alerts)('%s has a runbook that gives a command', alert => {
    expect(sections.get(alert)).toMatch(/```sh\n|npm run ops -- |\]\(#atsflow/)
  })

  it.each(alerts)('%s has a fault that it is tried with', alert => {
    expect(ALERT_CASES.filter(({ fires }) => fires.includes(alert)).length).toBeGreaterThan(0)
  })
})

it('the runbooks give commands that there are', () => {
  const said = saidCommands(runbooks)
  expect(said.length).toBeGreaterThan(30)
  expect(said.filter(([group, verb]) => !isCommand(group, verb))).toEqual([])
})

const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...plans.flatMap(({ title, queries }) => queries.map(({ expr }) => [title, expr] as const)),
]

describe.each(expressions)('%s', (_, expr) => {
  const known = new Map(everyMetric().map(({ name, labels }) => [name, labels]))
  /** Of Prometheus itself. */
  const ADDED = ['job', 'instance', 'le']

  it('asks for metrics that there are, by labels that they have', () => {
    const used = usedMetrics(expr).filter(({ name }) => name !== 'up')
    expect(used.length + Number(expr.includes('up{'))).toBeGreaterThan(0)
    expect(used.filter(({ name }) => !known.has(name))).toEqual([])
    const strange = used.flatMap(({ name, labels }) =>
      labels.filter(([label]) => ![...(known.get(name) ?? []), ...ADDED].includes(label)),
    )
    expect(strange).toEqual([])
    const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, names = '']) => names.split(', '))
    const labels = used.flatMap(({ name }) => known.get(name) ?? [])
    expect(grouped.filter(label => ![...labels, ...ADDED].includes(label))).toEqual([])
  })

  it('asks for values that these labels can have', () => {
    const VALUES: Readonly<Record<string, readonly string[]>> = {
      outcome: OPEN_OUTCOMES,
      service: ['ingress', 'normalizer', 'pulsifi-sink', 'console'],
      stage: ['normalizer', 'pulsifi-sink'],
      urgency: ['create', 'look', 'poll'],
      job: ['atsflow'],
    }
    const asked = usedMetrics(expr).flatMap(({ labels }) => labels)
    expect(asked.filter(([label, value]) => VALUES[label]?.includes(value) === false)).toEqual([])
  })
})

describe('a dashboard', () => {
  it('is committed as its code makes it, and as Grafana reads it', () => {
    const files = readdirSync(new URL(`../../${FOLDER}/dashboards/`, import.meta.url)).sort()
    expect(files).toEqual(DASHBOARDS.map(({ uid }) => `${uid}.json`).sort())
    for (const plan of DASHBOARDS) {
      const committed: unknown = JSON.parse(read(`${FOLDER}/dashboards/${plan.uid}.json`))
      expect(Dashboard.parse(committed)).toEqual(makeDashboard(plan))
    }
  })

  it.each(DASHBOARDS)('$uid puts no panel over another', plan => {
    const taken = makeDashboard(plan).panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)}/${y + Math.floor(cell / w)}`),
    )
    expect(new Set(taken).size).toBe(taken.length)
  })

  it('names only alerts that there are', () => {
    const named = plans.flatMap(({ about }) => about.match(/\bAtsflow\w+/g) ?? [])
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter(name => !alerts.includes(name))).toEqual([])
  })
})
