/** Where the console is and what it keeps, for itself and for who asks it. */
import { join } from 'node:path'
import { z } from 'zod'
import { port, secret } from '../process/config.ts'

export const ConsoleSettings = {
  CONSOLE_PORT: port(8090).describe('port of the page and of the API'),
  CONSOLE_TOKEN: secret()
    .optional()
    .describe('what everybody must present, on this machine too; unset: this machine alone may look'),
  CONSOLE_DB: z
    .string()
    .optional()
    .describe(
      'the DuckDB file; unset: console.duckdb in LOCAL_DATA_DIR. Deleting it costs start-up time only',
    ),
  LOCAL_DATA_DIR: z.string().default('.local'),
}

export const databasePath = ({
  CONSOLE_DB,
  LOCAL_DATA_DIR,
}: {
  readonly CONSOLE_DB?: string | undefined
  readonly LOCAL_DATA_DIR: string
}): string => CONSOLE_DB ?? join(LOCAL_DATA_DIR, 'console.duckdb')
