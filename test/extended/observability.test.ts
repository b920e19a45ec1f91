/** What Prometheus' own tool says of our metrics. */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { everyMetricAsText } from '../support/every-metric.ts'

const promtool = (args: readonly string[], input = '') => {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}`.trim() }
}

it('finds no fault with the names of metrics, and would find one', async () => {
  expect(promtool(['check', 'metrics'], await everyMetricAsText())).toEqual({ status: 0, said: '' })
  const faulty = '# HELP atsflow_wait_total Waits.\n# TYPE atsflow_wait_total gauge\natsflow_wait_total 1\n'
  expect(promtool(['check', 'metrics'], faulty).said).toContain('should not have "_total" suffix')
})
