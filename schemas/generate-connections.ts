/**
 * Writes schemas/connections.schema.json: what CONNECTIONS_FILE may hold (JSON Schema), from the schema that reads it.
 * `node schemas/generate-connections.ts` writes, `--check` fails when the committed file is stale.
 */
import { connectionsFileSchema } from '../services/platform/connections/file.ts'
import { isCheck, keep } from './generator-arguments.ts'

const file = new URL('connections.schema.json', import.meta.url)
const text = `${JSON.stringify(connectionsFileSchema(), null, 2)}\n`

keep(file, text, isCheck('schemas/connections.schema.json'))
