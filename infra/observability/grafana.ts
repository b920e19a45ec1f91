/** Dashboards as Grafana reads them: the part of its model that is used here, checked strictly, and how to make it. Pure. */
import { z } from 'zod'

const Datasource = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('$datasource') })

const Target = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: Datasource,
  expr: z.string().min(1),
  legendFormat: z.string(),
  instant: z.boolean(),
})

const Unit = z.enum(['short', 's', 'bytes', 'reqps', 'percentunit', 'none'])
export type Unit = z.infer<typeof Unit>

const Thresholds = z.strictObject({
  mode: z.literal('absolute'),
  steps: z
    .array(z.strictObject({ color: z.enum(['green', 'orange', 'red']), value: z.number().nullable() }))
    .min(1),
})

const Panel = z.strictObject({
  id: z.int().positive(),
  type: z.enum(['stat', 'timeseries', 'table']),
  title: z.string().min(1),
  description: z.string().min(1),
  gridPos: z.strictObject({
    x: z.int().min(0).max(23),
    y: z.int().min(0),
    w: z.int().min(1).max(24),
    h: z.int().min(1),
  }),
  datasource: Datasource,
  targets: z.array(Target).min(1),
  fieldConfig: z.strictObject({
    defaults: z.strictObject({
      unit: Unit,
      min: z.number().optional(),
      thresholds: Thresholds,
      noValue: z.string(),
    }),
    overrides: z.tuple([]),
  }),
  options: z.looseObject({}),
})

const Row = z.strictObject({
  id: z.int().positive(),
  type: z.literal('row'),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: z.strictObject({ x: z.literal(0), y: z.int().min(0), w: z.literal(24), h: z.literal(1) }),
  panels: z.tuple([]),
})

/** Unknown and missing fields are faults: Grafana would pass over them in silence. */
export const Dashboard = z.strictObject({
  uid: z.string().regex(/^[a-z-]{1,40}$/),
  title: z.string().min(1),
  description: z.string().min(1),
  tags: z.array(z.string()).min(1),
  schemaVersion: z.literal(39),
  editable: z.literal(false),
  graphTooltip: z.literal(1),
  refresh: z.string().regex(/^\d+[sm]$/),
  timezone: z.literal('browser'),
  time: z.strictObject({ from: z.string(), to: z.literal('now') }),
  templating: z.strictObject({
    list: z.tuple([
      z.strictObject({
        name: z.literal('datasource'),
        label: z.string(),
        type: z.literal('datasource'),
        query: z.literal('prometheus'),
      }),
    ]),
  }),
  links: z.array(
    z.strictObject({
      type: z.literal('dashboards'),
      title: z.string(),
      tags: z.array(z.string()),
      asDropdown: z.boolean(),
    }),
  ),
  panels: z.array(z.union([Row, Panel])).min(1),
})
export type Dashboard = z.infer<typeof Dashboard>

export interface Query {
  readonly expr: string
  /** How a line is named: text, and labels in double braces. */
  readonly legend?: string
}

export interface PanelPlan {
  readonly show: 'stat' | 'timeseries' | 'table'
  readonly title: string
  /** What it should be, and what to do when it is not. */
  readonly about: string
  readonly unit?: Unit
  readonly queries: readonly Query[]
  /** From here on it is orange, or red. */
  readonly orange?: number
  readonly red?: number
  /** Of 24 columns; unset: a fourth of the row for a number, a third for the others. */
  readonly width?: number
}

export interface DashboardPlan {
  readonly uid: string
  readonly title: string
  readonly about: string
  readonly rows: readonly { readonly title: string; readonly panels: readonly PanelPlan[] }[]
}

const DATASOURCE = { type: 'prometheus', uid: '$datasource' } as const
const TAG = 'atsflow'
const COLUMNS = 24
const WIDTH = { stat: 6, timeseries: 8, table: 12 } as const
const HEIGHT = { stat: 4, timeseries: 8, table: 8 } as const
const OPTIONS = {
  stat: {
    colorMode: 'background',
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    textMode: 'auto',
  },
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  table: { showHeader: true },
} as const

type Place = z.infer<typeof Panel>['gridPos']

/** @throws ZodError when the plan leads to what Grafana would not read. */
export function makeDashboard({ uid, title, about, rows }: DashboardPlan): Dashboard {
  const panels: unknown[] = []
  let y = 0
  for (const row of rows) {
    panels.push({
      ...{ id: panels.length + 1, type: 'row', title: row.title, collapsed: false, panels: [] },
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
    })
    y += 1
    let x = 0
    let height = 0
    for (const plan of row.panels) {
      const w = plan.width ?? WIDTH[plan.show]
      if (x + w > COLUMNS) {
        y += height
        x = 0
        height = 0
      }
      panels.push(makePanel(plan, panels.length + 1, { x, y, w, h: HEIGHT[plan.show] }))
      x += w
      height = Math.max(height, HEIGHT[plan.show])
    }
    y += height
  }
  return Dashboard.parse({
    ...{ uid, title, description: about, tags: [TAG], schemaVersion: 39, editable: false, graphTooltip: 1 },
    ...{ refresh: '30s', timezone: 'browser', time: { from: 'now-6h', to: 'now' }, panels },
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' }],
    },
    links: [{ type: 'dashboards', title: 'atsflow', tags: [TAG], asDropdown: true }],
  })
}

function makePanel(plan: PanelPlan, id: number, gridPos: Place) {
  const { show, title, about, unit = 'short', queries, orange, red } = plan
  const steps = [
    { color: 'green', value: null },
    ...(orange === undefined ? [] : [{ color: 'orange', value: orange }]),
    ...(red === undefined ? [] : [{ color: 'red', value: red }]),
  ]
  return {
    ...{ id, type: show, title, description: about, gridPos, datasource: DATASOURCE, options: OPTIONS[show] },
    targets: queries.map(({ expr, legend = '' }, index) => ({
      ...{ refId: String.fromCharCode(65 + index), datasource: DATASOURCE, expr, legendFormat: legend },
      instant: show !== 'timeseries',
    })),
    fieldConfig: {
      defaults: { unit, min: 0, thresholds: { mode: 'absolute', steps }, noValue: '0' },
      overrides: [],
    },
  }
}
