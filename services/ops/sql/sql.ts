/** `ops sql`: one SELECT over what the console holds. */
import { existsSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { z } from 'zod'
import type { SelectAnswer } from '../../platform/duckdb/select-only.ts'
import { SelectRefused } from '../../platform/duckdb/select-refused.ts'
import { ConsoleSettings, databasePath } from '../../platform/duckdb/settings.ts'
import { loadConfig, UnreachableError } from '../../platform/process/config.ts'
import type { Host } from '../cli/command-group.ts'
import { OperatorError, UsageError } from '../cli/exit.ts'
import { countArgument } from '../cli/moment.ts'
import type { Desk } from '../cli/session.ts'
import { columnsOf, csvOf, objectsOf } from './answer.ts'
import { askConsole } from './ask-console.ts'

/** As the console's API has it. */
const LIMIT_MAX = 10_000
const Settings = z.object(ConsoleSettings)

interface SqlOptions {
  readonly limit: number
  readonly csv?: true
  readonly console?: URL
}

export function sql(program: Command, { runAlone }: Host): void {
  program
    .command('sql')
    .description('one SELECT over everything that the console holds')
    .argument('<select>', 'DuckDB SQL, in quotes')
    .option('--limit <count>', 'at most so many rows, up to 10,000', countArgument, 1_000)
    .option('--csv', 'print CSV')
    .option('--console <url>', 'a console elsewhere; CONSOLE_TOKEN opens it', urlArgument)
    .addHelpText(
      'after',
      '\nThe running console is asked; when none runs here, its file is read.\n"SHOW TABLES" and "DESCRIBE applications" tell what there is.',
    )
    .action((select: string, options: SqlOptions) => runAlone(desk => answerSql(desk, select, options)))
}

async function answerSql(desk: Desk, select: string, options: SqlOptions): Promise<void> {
  const { out } = desk
  if (options.csv && out.isJson) throw new UsageError('say --csv or --json, not both')
  if (options.limit > LIMIT_MAX) throw new UsageError('--limit: at most 10,000 rows')
  const answer = await answerOf(desk, select, options)
  if (options.csv) out.bytes(Buffer.from(csvOf(answer)))
  else if (out.isJson) out.list(objectsOf(answer), [], '')
  else out.list(answer.rows, columnsOf(answer), 'no rows')
  if (answer.is_truncated) out.note(`the first ${options.limit} rows: --limit shows more, up to 10,000`)
}

async function answerOf(
  { env, signal }: Desk,
  select: string,
  { limit, console: elsewhere }: SqlOptions,
): Promise<SelectAnswer> {
  const settings = loadConfig(Settings, env)
  const url = elsewhere ?? new URL(`http://127.0.0.1:${settings.CONSOLE_PORT}`)
  const answer = await askConsole({ url, token: settings.CONSOLE_TOKEN, sql: select, limit }, signal)
  if (answer !== null) return answer
  const path = databasePath(settings)
  if (elsewhere !== undefined || !existsSync(path))
    throw new UnreachableError(
      `no console answers at ${url.host}${elsewhere === undefined ? `, and there is no file ${path}` : ''}: run "npm run start:console"`,
    )
  return fromFile(path, select, limit)
}

async function fromFile(path: string, select: string, limit: number): Promise<SelectAnswer> {
  // Loaded when it is needed: the other commands go without a database.
  const { selectFromFile } = await import('../../platform/duckdb/select-from-file.ts')
  try {
    return await selectFromFile(path, select, limit)
  } catch (error) {
    if (error instanceof SelectRefused) throw new OperatorError(error.message)
    const said = error instanceof Error ? error.message.split('\n')[0] : 'unreadable'
    throw new OperatorError(
      `${path} cannot be read (${said}): its console may run on another port, see --console`,
    )
  }
}

/** @throws InvalidArgumentError unless it is an address of a server */
function urlArgument(text: string): URL {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return new URL(text)
  throw new InvalidArgumentError('Write http://<host>:<port>.')
}
