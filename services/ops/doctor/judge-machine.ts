/** What is to be said of this machine: its clock, its folders, its configuration. Pure. */
import type { Connection } from '../../platform/connections/connections.ts'
import { type Finding, fail, ok, skip, warn } from './finding.ts'
import type { HttpProbe } from './http-probe.ts'
import type { DirectoryProbe } from './probe-directory.ts'

const SKEW_WARN_MS = 30_000
const SKEW_FAIL_MS = 300_000
/** `Date` is written in whole seconds. */
const DATE_STEP_MS = 1_000

/** @param other whose clock it is compared with */
export function judgeClock(other: string, probe: HttpProbe): Finding {
  const check = 'clock'
  if (probe.type === 'failed') return skip(check, `${other} does not answer (${probe.code})`)
  if (probe.dateMs === null) return skip(check, `${other} does not say what time it has`)
  const middleMs = (probe.sentAtMs + probe.answeredAtMs) / 2
  const doubtMs = (probe.answeredAtMs - probe.sentAtMs + DATE_STEP_MS) / 2
  const aheadMs = middleMs - (probe.dateMs + DATE_STEP_MS / 2)
  const skewMs = Math.max(0, Math.abs(aheadMs) - doubtMs)
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  const says = `${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} ${other}`
  const todo = 'synchronise it (NTP): tokens, deadlines and the age of events are judged by it'
  if (skewMs > SKEW_FAIL_MS) return fail(check, says, todo)
  return skewMs > SKEW_WARN_MS ? warn(check, says, todo) : ok(check, `as ${other} has it`)
}

const MIB = 1024 * 1024

/** @param neededMib below which there is cause for worry */
export function judgeDirectory(variable: string, probe: DirectoryProbe, neededMib: number): Finding {
  const { path, found, isDirectory, isWritable, freeBytes } = probe
  if (!isDirectory)
    return fail(variable, `${found} is no folder`, `remove it, or set ${variable} to another folder`)
  if (!isWritable)
    return fail(
      variable,
      `${found} cannot be written by this user`,
      `change its owner, or set ${variable} to another folder`,
    )
  const free = Math.floor(freeBytes / MIB)
  if (free < neededMib)
    return warn(variable, `${free} MiB are free at ${found}`, `make room for ${neededMib} MiB`)
  return ok(variable, `${path} ${found === path ? 'can be written' : 'can be made'}`)
}

/** @param sources those of services/sources */
export function judgeSources(sources: readonly string[], connections: readonly Connection[]): Finding {
  const open = new Set(
    connections
      .filter(({ secrets, source }) => secrets.length > 0 && sources.includes(source))
      .map(({ source }) => source),
  )
  const check = 'sources'
  if (open.size === 0) {
    const [name = 'NAME'] = sources
    const variable = `SOURCE_${name.toUpperCase().replaceAll('-', '_')}_SECRET`
    return warn(check, 'no source has a secret: every webhook is refused', `set, for one, ${variable}`)
  }
  return ok(check, `webhooks are taken from ${[...open].join(', ')}`)
}

/** @param fault the message of a ConfigError; null when there is none */
export const judgeConfiguration = (fault: string | null): Finding =>
  fault === null
    ? ok('configuration', 'can be used')
    : fail(
        'configuration',
        fault.replace(/:\n\s*/, ': ').replaceAll(/\s*\n\s*/g, '; '),
        'correct what is named (.env.example explains each)',
      )
