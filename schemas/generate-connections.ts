/**
 * Writes schemas/connections.schema.json: what CONNECTIONS_FILE may hold (JSON Schema), from the schema that reads it.
 * `node schemas/generate-connections.ts` writes, `--check` fails when the committed file is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { connectionsFileSchema } from '../services/platform/connections/file.ts'
import { isCheck } from './generator-arguments.ts'

const file = new URL('connections.schema.json', import.meta.url)
const text = `${JSON.stringify(connectionsFileSchema(), null, 2)}\n`

if (!isCheck('schemas/connections.schema.json')) writeFileSync(file, text)
else if (readFileSync(file, 'utf8') !== text) {
  console.error('schemas/connections.schema.json is stale: run "npm run generate"')
  process.exitCode = 1
}
