/**
 * The life of a process: configuration, then `main`, then a signal, then everything closed in the reverse of the
 * order it was opened. A fault that a person must mend ends with one sentence and exit code 78; a bug ends with its
 * code, its frames and exit code 1, without closing anything, so that nothing half done is committed.
 */
import { z } from 'zod'
import { ConfigError, configSummary, type Environment, keepConfig, UnreachableError } from './config.ts'
import { misspelt } from './config-rules.ts'
import { keepFilesPrivate } from './durable-files.ts'
import { createKeptFiles, type KeptFiles } from './kept-files.ts'
import { codeOf } from './log-events.ts'
import { createLogger, type Logger } from './logger.ts'
import { framesOf, withoutUserInfo } from './masked.ts'

/** What supervisors take for "do not start again before someone has changed the configuration" (sysexits.h). */
const EXIT_CONFIG = 78
const EXIT_BUG = 1
const EXIT_USAGE = 2
/** A part that we need does not answer: starting again may help (`EX_UNAVAILABLE` of sysexits.h). */
const EXIT_UNREACHABLE = 69
/** What has not ended by then is left: whoever ends processes must give them longer. */
export const SHUTDOWN_DEADLINE_MS = 10_000
const CAUSES_MAX = 5
/** What rotates secrets replaces a file at once; reading the few there are costs nothing. */
const LOOK_AT_FILES_EVERY_MS = 5_000

/** What `main` is given. */
export interface Run<Config> {
  /** Each field as it is by now: secrets come from files, which change. */
  readonly config: Config
  /**
   * What `check` makes of the configuration. A file that changes into something that it throws for does not count.
   * @throws what `check` throws
   */
  readonly mustHold: <T>(check: (config: Config) => T) => T
  readonly files: Pick<KeptFiles, 'keep' | 'onChange' | 'faults'>
  readonly env: Environment
  readonly log: Logger
  /** Registers what must be closed at the end; what was opened last is closed first. */
  readonly onClose: (name: string, close: () => Promise<void> | void) => void
  /** Ends the process because of a bug or of a part that died, as an uncaught exception would. */
  readonly fail: (error: unknown) => never
}

/** The operating system as `runProcess` needs it. */
export interface Host {
  /** What is made is for its owner alone. */
  readonly keepFilesPrivate: () => void
  readonly env: Environment
  readonly args: readonly string[]
  readonly on: (
    event: 'SIGTERM' | 'SIGINT' | 'uncaughtException' | 'unhandledRejection',
    listener: (error: unknown) => void,
  ) => void
  readonly exit: (code: number) => void
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

const nodeHost: Host = {
  keepFilesPrivate,
  env: process.env,
  args: process.argv.slice(2),
  on: (event, listener) => void process.on(event, listener),
  exit: code => process.exit(code),
  stdout: text => void process.stdout.write(text),
  stderr: text => void process.stderr.write(text),
}

/**
 * Runs `main` until SIGTERM or SIGINT. `main` returns when everything is open; a process with nothing to wait for
 * keeps its event loop busy through what it opened. `--help` prints every variable of `schema` and ends; any other
 * argument is refused.
 */
export async function runProcess<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  main: (run: Run<z.output<Schema>>) => Promise<void>,
  host: Host = nodeHost,
): Promise<void> {
  if (host.args.includes('--help') || host.args.includes('-h')) {
    host.stdout(withoutUserInfo(helpText(name, schema)))
    return host.exit(0)
  }
  const [strange] = host.args
  if (strange !== undefined) {
    host.stderr(`${name}: "${strange}" is not understood: variables configure it, --help shows them\n`)
    return host.exit(EXIT_USAGE)
  }
  host.keepFilesPrivate()
  let log = createLogger(name, 'info')
  const fail = (error: unknown): void => {
    if (error instanceof ConfigError) {
      host.stderr(`${name}: ${withoutUserInfo(error.message)}\n`)
      host.exit(error instanceof UnreachableError ? EXIT_UNREACHABLE : EXIT_CONFIG)
      return
    }
    log.fatal(
      { event: 'process_failed', code: codeOf(error), stack: framesOf(error), causes: causesOf(error) },
      'Stopped by an error that nobody expected.',
    )
    host.exit(EXIT_BUG)
  }
  const opened = createCloser()
  host.on('uncaughtException', fail)
  host.on('unhandledRejection', fail)
  const stop = stopper(opened, () => log, host.exit)
  host.on('SIGTERM', stop)
  host.on('SIGINT', stop)
  try {
    // First: it may be why the configuration cannot be used.
    for (const sentence of misspelt(host.env, Object.keys(schema.shape)))
      log.warn({ event: 'variable_unread' }, sentence)
    const files = watchFiles(() => log, opened)
    const { config, mustHold } = keepConfig(files.keep, schema, host.env)
    const level = config.LOG_LEVEL
    log = createLogger(name, typeof level === 'string' ? level : 'info')
    log.info({ event: 'configured', config: configSummary(schema, config) }, 'Configuration read.')
    const failForGood = (error: unknown): never => {
      fail(error)
      // Only where the host's exit returns: the caller must not go on.
      throw error
    }
    await main({ config, mustHold, files, env: host.env, log, onClose: opened.add, fail: failForGood })
  } catch (error) {
    fail(error)
  }
}

/** Until everything is closed. */
function watchFiles(log: () => Logger, opened: Closer): KeptFiles {
  const files = createKeptFiles({
    onFault: (what, fault) =>
      log().warn(
        { event: 'file_refused', what, fault },
        'A file has changed and cannot be used: what it said before stays in force.',
      ),
    onRead: what =>
      log().info({ event: 'file_read_again', what }, 'A file has changed and counts from now on.'),
  })
  const timer = setInterval(files.look, LOOK_AT_FILES_EVERY_MS).unref()
  opened.add('files', () => clearInterval(timer))
  return files
}

/** By code: what led to it. */
function causesOf(error: unknown): readonly string[] {
  const codes: string[] = []
  let cause = error instanceof Error ? error.cause : undefined
  for (; cause instanceof Error && codes.length < CAUSES_MAX; cause = cause.cause) codes.push(codeOf(cause))
  return codes
}

/** The first signal closes in order; a second one, from someone who will not wait, ends at once. */
function stopper(opened: Closer, log: () => Logger, exit: (code: number) => void): () => void {
  let stopping = false
  return () => {
    if (stopping) return exit(EXIT_BUG)
    stopping = true
    log().info({ event: 'stopping' }, 'Closing.')
    void opened.closeAll(SHUTDOWN_DEADLINE_MS).then(unclosed => {
      if (unclosed.length > 0)
        log().error({ event: 'stopped', unclosed }, 'Stopped with parts that did not close.')
      else log().info({ event: 'stopped' }, 'Stopped.')
      exit(unclosed.length > 0 ? EXIT_BUG : 0)
    })
  }
}

export interface Closer {
  readonly add: (name: string, close: () => Promise<void> | void) => void
  /** Answers with the names of those that failed to close or were not reached within the deadline. */
  readonly closeAll: (deadlineMs: number) => Promise<readonly string[]>
}

/** Closes last-opened first, one after the other, and goes on when one fails. */
export function createCloser(): Closer {
  const opened: { name: string; close: () => Promise<void> | void }[] = []
  return {
    add: (name, close) => void opened.push({ name, close }),
    async closeAll(deadlineMs) {
      const unclosed = new Set(opened.map(part => part.name))
      const expired = new Promise<'expired'>(resolve => setTimeout(resolve, deadlineMs, 'expired').unref())
      for (const part of opened.toReversed()) {
        const closed = Promise.resolve()
          .then(part.close)
          .then(
            () => 'closed',
            () => 'failed',
          )
        const result = await Promise.race([closed, expired])
        if (result === 'expired') break
        if (result === 'closed') unclosed.delete(part.name)
      }
      return [...unclosed]
    },
  }
}

/** Every variable with what it means and what it is when unset, in the order of the schema. */
export function helpText(name: string, schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([variable, field]) => {
    const { description, fallback } = describe(field)
    return `  ${variable}${fallback === undefined ? '' : ` (default ${fallback})`}\n${description ? `      ${description}\n` : ''}`
  })
  const about = schema.description === undefined ? '' : `${schema.description}\n\n`
  return `${name}: configured by environment variables; NAME_FILE reads NAME from a file.\n\n${about}${rows.join('')}`
}

/** Looks through the wrappers of zod, each of which may hold the description or the default. */
function describe(field: unknown): { description?: string; fallback?: string } {
  const found: { description?: string; fallback?: string } = {}
  let inner: unknown = field
  while (inner instanceof z.ZodType) {
    if (inner.description !== undefined) found.description ??= inner.description
    if (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault)
      found.fallback ??= String(inner.def.defaultValue)
    if (inner instanceof z.ZodOptional || inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault) {
      inner = inner.unwrap()
    } else if (inner instanceof z.ZodPipe) inner = inner.in
    else break
  }
  return found
}
