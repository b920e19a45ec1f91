/**
 * Writes infra/observability/dashboards/*.json from dashboards.ts.
 * `node infra/observability/generate.ts` writes, `--check` fails when a committed file is stale.
 */
import { isCheck, keep } from '../../schemas/generator-arguments.ts'
import { DASHBOARDS } from './dashboards.ts'
import { makeDashboard } from './grafana.ts'

const comparesOnly = isCheck('infra/observability/dashboards')
const folder = new URL('dashboards/', import.meta.url)
for (const plan of DASHBOARDS) {
  const text = `${JSON.stringify(makeDashboard(plan), null, 2)}\n`
  keep(new URL(`${plan.uid}.json`, folder), text, comparesOnly)
}
