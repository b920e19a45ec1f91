/** What Prometheus' own tool says of our metrics and rules. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { ALERT_CASES, type AlertCase, HEALTHY, MINUTES } from '../support/alert-cases.ts'
import { everyMetricAsText } from '../support/every-metric.ts'
import { alertRules, RULES_FILE } from '../support/prometheus-rules.ts'

const folder = mkdtempSync(join(tmpdir(), 'promtool-'))
afterAll(() => rmSync(folder, { recursive: true }))

const promtool = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trim() }
}

it('finds no fault with the names of metrics, and would find one', async () => {
  expect(promtool(['check', 'metrics'], await everyMetricAsText())).toEqual({ status: 0, said: '' })
  const faulty = '# HELP atsflow_wait_total Waits.\n# TYPE atsflow_wait_total gauge\natsflow_wait_total 1\n'
  expect(promtool(['check', 'metrics'], faulty).said).toContain('should not have "_total" suffix')
})

it('reads the rules', () => {
  expect(promtool(['check', 'rules', '--lint-fatal', fileURLToPath(RULES_FILE)])).toEqual({
    status: 0,
    said: expect.any(String),
  })
})

it('reads the configuration of compose, and the rules that it names', () => {
  const config = fileURLToPath(new URL('prometheus.yaml', RULES_FILE))
  expect(promtool(['check', 'config', config])).toEqual({
    status: 0,
    said: expect.stringContaining(`${alertRules().length} rules found`),
  })
})

/** Which alerts fire at the end, by what promtool finds against the claim that these do. */
function tried({ series }: Pick<AlertCase, 'series'>, fires: readonly string[]) {
  const input = Object.entries({ ...HEALTHY, ...series }).filter(([, values]) => values !== null)
  const file = join(folder, 'case.yaml')
  const test = {
    interval: '1m',
    input_series: input.map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: 'group by (alertname) (ALERTS{alertstate="firing"})',
        eval_time: `${MINUTES}m`,
        exp_samples: fires.map(alertname => ({ labels: `{alertname="${alertname}"}`, value: 1 })),
      },
    ],
  }
  writeFileSync(
    file,
    stringify({ rule_files: [fileURLToPath(RULES_FILE)], evaluation_interval: '1m', tests: [test] }),
  )
  return promtool(['test', 'rules', file])
}

describe('when', () => {
  it('all is well, nothing fires', () => {
    expect(tried({ series: {} }, [])).toEqual({ status: 0, said: expect.any(String) })
  })

  it.each(ALERT_CASES)('$fault, exactly $fires fires', ({ series, fires }) => {
    expect(tried({ series }, fires)).toEqual({ status: 0, said: expect.any(String) })
  })

  it('something fires that was not expected, it is seen', () => {
    const down = ALERT_CASES.find(({ fires }) => fires.length > 0)
    expect(down && tried(down, [])).toMatchObject({ status: 1 })
  })
})
