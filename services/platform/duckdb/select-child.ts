/** The process of one SELECT: a request on standard input, an answer or a refusal on standard output. */
import { json } from 'node:stream/consumers'
import { z } from 'zod'
import { selectFromFile } from './select-from-file.ts'
import { SelectRefused } from './select-refused.ts'

const Request = z.object({ path: z.string(), sql: z.string(), rowLimit: z.int(), memoryMib: z.number() })

const { path, sql, rowLimit, memoryMib } = Request.parse(await json(process.stdin))
const settings = {
  threads: '2',
  memory_limit: `${Math.floor(memoryMib / 2)}MiB`,
  max_temp_directory_size: '0KiB',
}
const reply = await selectFromFile(path, sql, rowLimit, settings).catch((error: unknown) => {
  if (error instanceof SelectRefused) return { code: error.code, message: error.message }
  throw error
})
process.stdout.write(JSON.stringify(reply))
