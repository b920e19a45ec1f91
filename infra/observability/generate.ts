/**
 * Writes infra/observability/dashboards/*.json from dashboards.ts.
 * `node infra/observability/generate.ts` writes, `--check` fails when a committed file is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isCheck } from '../../schemas/generator-arguments.ts'
import { DASHBOARDS } from './dashboards.ts'
import { makeDashboard } from './grafana.ts'

const comparesOnly = isCheck('infra/observability/dashboards')
const folder = new URL('dashboards/', import.meta.url)
mkdirSync(folder, { recursive: true })
for (const plan of DASHBOARDS) {
  const file = new URL(`${plan.uid}.json`, folder)
  const text = `${JSON.stringify(makeDashboard(plan), null, 2)}\n`
  if (!comparesOnly) writeFileSync(file, text)
  else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    console.error(`infra/observability/dashboards/${plan.uid}.json is stale: run "npm run generate"`)
    process.exitCode = 1
  }
}
