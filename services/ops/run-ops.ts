/** The whole command line as a function: arguments and a host in, an exit code out. */
import { Command, CommanderError } from 'commander'
import { ConfigError, UnreachableError } from '../platform/process/config.ts'
import { codeOf } from '../platform/process/log-events.ts'
import { framesOf, withoutUserInfo } from '../platform/process/masked.ts'
import { readVersion, type Version } from '../platform/process/version.ts'
import type { Host } from './cli/command-group.ts'
import { EXIT, OperatorError, UsageError } from './cli/exit.ts'
import type { CommandLineHost } from './cli/host.ts'
import { createOutput } from './cli/output.ts'
import { type Desk, type Operator, openSession } from './cli/session.ts'
import { COMMAND_GROUPS } from './command-groups.ts'

export type OpsHost = Omit<CommandLineHost, 'exit'>

const EPILOGUE = `
Brokers and registry are those of KAFKA_BROKERS and SCHEMA_REGISTRY_URL, else what "npm run start:infra" started.
The account at Pulsifi is that of PULSIFI_BASE_URL or CONNECTIONS_FILE, else the sandbox that "npm start" started.
Results go to standard output, everything else to standard error.
What cannot be undone asks at a terminal, and elsewhere does nothing without --yes; --dry-run only says what would be done.
Exit codes: 0 done, 1 the answer is no, 2 the command line cannot be understood or lacks a --yes, 69 broker, registry or
Pulsifi do not answer, 78 configuration must change first.`

export async function runOps(host: OpsHost): Promise<number> {
  const abort = new AbortController()
  host.onSignal(() => abort.abort())
  let path = ''
  const desk = (): Desk => ({
    env: host.env,
    out: createOutput(host, program.opts().json === true),
    signal: abort.signal,
    operator: operatorOf(host),
    command: path,
    nowMs: host.nowMs,
    ask: host.ask,
  })
  const program = createProgram(host, {
    run: async command => command(await openSession(desk())),
    runAlone: command => command(desk()),
  }).hook('preAction', (_program, command) => {
    path = pathOf(command)
  })
  try {
    await program.parseAsync([...host.args], { from: 'user' })
    return EXIT.done
  } catch (error) {
    return exitCodeOf(error, host)
  }
}

export function createProgram(host: OpsHost, runs: Pick<Host, 'run' | 'runAlone'>): Command {
  const program = new Command('ops')
    .description('Looks into the pipeline and mends what needs a person.')
    .version(versionText(readVersion(host.env)))
    .option('--json', 'print JSON for machines')
    .addHelpText('after', EPILOGUE)
    .showHelpAfterError('(--help tells more)')
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut: host.stdout, writeErr: host.stderr })
    .exitOverride()
  const operator = operatorOf(host)
  for (const addTo of COMMAND_GROUPS) addTo(program, { ...runs, nowMs: host.nowMs, operator })
  return program
}

const versionText = ({ version, git_sha: commit, node }: Version): string =>
  `${version}${commit === null ? '' : ` (${commit.slice(0, 7)})`}, Node ${node}`

/** OPS_USER names a person where several use one account of the machine; where it comes from shows all the same. */
export function operatorOf({
  env,
  operator,
  machine,
}: Pick<OpsHost, 'env' | 'operator' | 'machine'>): Operator {
  const name = env.OPS_USER || operator
  return { name, provedBy: name === operator ? 'os' : 'said', address: `${operator}@${machine}` }
}

function pathOf(command: Command): string {
  const above = command.parent
  return above === null ? command.name() : `${pathOf(above)} ${command.name()}`
}

function exitCodeOf(error: unknown, { stderr }: OpsHost): number {
  // Help and faults of the command line: commander has printed them.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof UsageError) return said(`error: ${message}`, EXIT.usage, stderr)
  if (error instanceof UnreachableError) return said(`error: ${message}`, EXIT.unreachable, stderr)
  if (error instanceof ConfigError) return said(`error: ${message}`, EXIT.config, stderr)
  if (error instanceof OperatorError)
    return message === '' ? EXIT.failed : said(`error: ${message}`, EXIT.failed, stderr)
  if (isFromKafka(error))
    return said(
      `error: Kafka refused or did not answer (${message}): check KAFKA_BROKERS and its access rights`,
      EXIT.unreachable,
      stderr,
    )
  return said(['This is a bug.', codeOf(error), ...framesOf(error)].join('\n'), EXIT.failed, stderr)
}

function said(text: string, code: number, stderr: OpsHost['stderr']): number {
  stderr(`${withoutUserInfo(text)}\n`)
  return code
}

/** The client's own errors: their classes are not exported as types that could be tested for. */
const isFromKafka = (error: unknown): boolean => error instanceof Error && error.name.startsWith('KafkaJS')
