/** What the alerts are tried with beside faults: rules with shorter times, every alert accounted for, and who is to blame. */
import { describe, expect, it } from 'vitest'
import { type FaultWindow, type Firing, matrixOf, misfires } from '../chaos/alerts/judge.ts'
import { ALL_FAULTS, NOT_TRIED } from '../chaos/alerts/matrix.ts'
import { shorten } from '../chaos/alerts/shorten.ts'
import { alertRules, type RuleGroup, ruleGroups } from '../support/prometheus-rules.ts'

const tried = new Set(ALL_FAULTS.flatMap(({ fires }) => fires))
const alerts = alertRules().map(({ alert }) => alert)

describe('the matrix', () => {
  it('tries every alert, or says why not', () => {
    expect([...tried, ...Object.keys(NOT_TRIED)].sort()).toEqual([...alerts].sort())
  })

  it('has faults by names of their own', () => {
    expect(new Set(ALL_FAULTS.map(({ name }) => name)).size).toBe(ALL_FAULTS.length)
  })
})

describe('rules with shorter times', () => {
  const of = (expr: string, forText?: string): readonly RuleGroup[] => [
    {
      name: 'group',
      rules: [
        {
          ...{ alert: 'Alert', expr, labels: { severity: 'page' } },
          ...{ annotations: { summary: 'what', runbook_url: 'where' } },
          ...(forText !== undefined && { for: forText }),
        },
      ],
    },
  ]
  const shortened = (expr: string): string | undefined => shorten(of(expr), 10)[0]?.rules[0]?.expr

  it.each([
    ['a range', 'sum(increase(atsflow_x_total[15m])) > 5', 'sum(increase(atsflow_x_total[90000ms])) > 5'],
    ['an offset', 'atsflow_x_total offset 1h', 'atsflow_x_total offset 360000ms'],
    ['the limit of an age', 'max(atsflow_x_age_seconds) > 3600', 'max(atsflow_x_age_seconds) > 3600 / 10'],
    [
      'one of days',
      'atsflow_x_age_seconds{a="B"} > 15 * 86400',
      'atsflow_x_age_seconds{a="B"} > 15 * 86400 / 10',
    ],
    [
      'how long a process has run',
      'x > 0 and on (job) time() - process_start_time_seconds < 3600',
      'x > 0 and on (job) time() - process_start_time_seconds < 3600 / 10',
    ],
    [
      'one from which something is left out',
      'max(atsflow_x_age_seconds unless on () absent(atsflow_y)) > 600',
      'max(atsflow_x_age_seconds unless on () absent(atsflow_y)) > 600 / 10',
    ],
  ])('have %s divided', (_, expr, expected) => {
    expect(shortened(expr)).toBe(expected)
  })

  it.each([
    ['a share', 'atsflow_spool_bytes / atsflow_spool_limit_bytes > 0.5'],
    ['how often a process has started', 'changes(process_start_time_seconds{job="a"}) > 2'],
    ['a latency', 'histogram_quantile(0.9, sum by (le) (atsflow_x_seconds_bucket)) > 30'],
    ['a count beside an age', 'atsflow_x_age_seconds and sum by (topic) (atsflow_y) > 3'],
    [
      'how many were added',
      'sum(atsflow_x) - (sum(atsflow_x) * 0 or atsflow_x_age_seconds * 0 or sum(atsflow_x)) > 3',
    ],
  ])('keep %s', (_, expr) => {
    expect(shortened(expr)).toBe(expr)
  })

  it('wait for as long as they did, divided, but longer than a process takes to look again', () => {
    expect(shorten(of('up == 0', '5m'), 10)[0]?.rules[0]).toMatchObject({ for: '30000ms' })
    expect(shorten(of('up == 0', '1m'), 10)[0]?.rules[0]).toMatchObject({ for: '15000ms' })
    expect(shorten(of('up == 0'), 10)[0]?.rules[0]).not.toHaveProperty('for')
  })

  it('are those of the project, with no time left as it was', () => {
    const all = shorten(ruleGroups(), 15).flatMap(({ rules }) => rules)
    expect(all.map(({ alert }) => alert)).toEqual(alerts)
    const left = all.filter(rule => /\b\d+[smhd]\b/.test(`${rule.expr} ${rule.for}`))
    expect(left).toEqual([])
    const ages = all.filter(({ expr }) => /_age_seconds/.test(expr) && !expr.includes(' / 15'))
    expect(ages.map(({ alert }) => alert)).toEqual([])
  })
})

describe('an alert that fired', () => {
  const window = (fault: string, fires: string, fromMs: number, toMs: number): FaultWindow => ({
    ...{ fault, fires: [fires], fromMs, undoneMs: toMs, toMs },
  })
  const firing = (alert: string, fromMs: number, toMs: number | null = null): Firing => ({
    ...{ alert, fromMs, toMs },
  })
  const windows = [window('kill', 'Down', 10_000, 30_000), window('old letter', 'Letters', 0, 60_000)]
  const all = [firing('Down', 18_000, 29_000), firing('Letters', 50_000, 60_000)]

  it('beside its own fault is as it should be, also beside another that is older', () => {
    expect(misfires(windows, all)).toEqual([])
  })

  it('beside the fault of another is named', () => {
    expect(misfires(windows, [...all, firing('Slow', 20_000)])).toEqual([
      'Slow fired 10 s into "kill", 20 s into "old letter"',
    ])
  })

  it('after its fault, or before any, is named', () => {
    expect(misfires(windows, [...all, firing('Down', 70_000)])).toEqual(['Down fired while all was well'])
  })

  it('is missed when it does not', () => {
    expect(misfires(windows, all.slice(1))).toEqual(['kill: Down did not fire'])
  })

  it('is shown with its seconds', () => {
    expect(matrixOf(windows, all).slice(2)).toEqual([
      '| kill | Down | 8 s | 20 s | 19 s |',
      '| old letter | Letters | 50 s | 60 s | 60 s |',
    ])
  })
})
