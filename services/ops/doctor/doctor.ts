/** `ops doctor`: whether everything is in place, and what to do where it is not. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Command } from 'commander'
import { DeniedError } from '../../platform/kafka/denied.ts'
import { ConfigError, UnreachableError } from '../../platform/process/config.ts'
import type { Host } from '../cli/command-group.ts'
import { OperatorError } from '../cli/exit.ts'
import { withLocalInstallation } from '../cli/local-installation.ts'
import { several } from '../cli/moment.ts'
import type { Desk } from '../cli/session.ts'
import { type Check, checksOf } from './checks.ts'
import { type Finding, fail, skip } from './finding.ts'
import type { RunningOptions } from './running.ts'

const CHECK_TIMEOUT_MS = 20_000

export function doctor(program: Command, { runAlone, nowMs }: Host): void {
  program
    .command('doctor')
    .description(
      'is everything in place and running? Looks, changes nothing; exit code 1 when something is broken',
    )
    .option(
      '--process <name=address>',
      'where a process answers /readyz and /version; may be given again',
      several,
    )
    .option('--prometheus <address>', 'base address of Prometheus, to be asked which alerts fire')
    .addHelpText(
      'after',
      `
Looks at configuration, sources, broker, topics, registry, schemas, clock, folders and, for each tenant, at the account
at Pulsifi, its webhook and our own public address; then at what runs: each process (CONSOLE_SCRAPE says where, else on this
machine) and its version, what waits for normalizer and sink, open dead letters, and with --prometheus the alerts that fire.
Run it with the environment of the processes, where they run.
ok: as it should be. warn: works, but look. fail: broken, does what it says. skip: cannot be looked at, and why.`,
    )
    .action((options: Options) =>
      runAlone(desk => examine(desk, nowMs, { ...options, processes: options.process ?? [] })),
    )
}

interface Options {
  readonly process?: readonly string[]
  readonly prometheus?: string
}

async function examine({ env, out }: Desk, nowMs: () => number, options: RunningOptions): Promise<void> {
  const checks = await checksOf(withLocalInstallation(env), nowMs, options)
  const findings = (await Promise.all(checks.map(inTime))).flat()
  out.list(
    findings,
    [
      { title: 'verdict', value: ({ verdict }) => verdict },
      { title: 'check', value: ({ check }) => check },
      { title: 'found', value: ({ says }) => says },
      { title: 'to do', value: ({ todo }) => todo },
    ],
    '',
  )
  const failed = findings.filter(({ verdict }) => verdict === 'fail').length
  if (failed > 0) throw new OperatorError(`${failed} of ${findings.length} checks failed`)
}

async function inTime({ name, look }: Check): Promise<readonly Finding[]> {
  const ended = new AbortController()
  const late = delay(CHECK_TIMEOUT_MS, null, { signal: ended.signal }).catch(() => null)
  const found = look().catch((error: unknown) => [broken(name, error)])
  const first = await Promise.race([found, late]).finally(() => ended.abort())
  return first ?? [fail(name, `no answer within ${CHECK_TIMEOUT_MS / 1000} s`, 'look at what it asks')]
}

/** A look that failed says why. */
function broken(name: string, error: unknown): Finding {
  if (error instanceof DeniedError) return fail(name, error.message, 'run "npm run ops -- acls check"')
  if (error instanceof UnreachableError) return skip(name, 'who would know does not answer')
  if (error instanceof ConfigError) return skip(name, 'the configuration cannot be used')
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  return fail(name, said, 'look at what it asks, and at the access rights there')
}
