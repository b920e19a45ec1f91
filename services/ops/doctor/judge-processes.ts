/** What is to be said of the processes that run: whether they are ready, and whether they are of one version. Pure. */
import { z } from 'zod'
import type { Version } from '../../platform/process/version.ts'
import { type Finding, fail, ok, skip, warn } from './finding.ts'
import type { HttpProbe } from './http-probe.ts'

export interface ProcessReport {
  readonly name: string
  /** Host and port, for people. */
  readonly host: string
  /** Somebody said that it is there; else it is where one of this machine would be. */
  readonly isNamed: boolean
  /** Of `/readyz?verbose`. */
  readonly ready: HttpProbe
  /** Of `/version`. */
  readonly version: HttpProbe
}

const Ready = z.object({
  ok: z.boolean(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
})
const Running = z.object({
  service: z.string(),
  version: z.string(),
  git_sha: z.string().nullable(),
  /** Older versions do not say. */
  state_format: z.string().nullable().default(null),
})
type Running = z.infer<typeof Running>

const NAME_THEM = 'name the processes elsewhere: --process <name>=<address>, or CONSOLE_SCRAPE'

/** Where nobody has named any and none is here, there may be none yet. */
export function judgeProcesses(reports: readonly ProcessReport[]): readonly Finding[] {
  const isAnyHere = reports.some(({ isNamed, ready }) => isNamed || ready.type === 'answered')
  if (!isAnyHere) return [skip('processes', `none answers on this machine: ${NAME_THEM}`)]
  return reports.map(judgeProcess)
}

function judgeProcess({ name, host, isNamed, ready, version }: ProcessReport): Finding {
  const check = `process ${name}`
  if (ready.type === 'failed') {
    const says = `nothing answers at ${host} (${ready.code})`
    return isNamed
      ? fail(check, says, 'start it; the last line of its log says why it ended')
      : warn(check, says, `start it, or ${NAME_THEM}`)
  }
  const answer = parsed(Ready, ready)
  const running = parsed(Running, version)
  if (answer === null || running === null)
    return fail(
      check,
      `what answers at ${host} (${ready.status}) is none of ours`,
      'give the address of its health: /readyz?verbose must answer there',
    )
  const red = Object.entries(answer.checks).filter(([, result]) => !result.ok)
  if (red.length > 0) {
    const says = red.map(([part, { detail }]) => `${part}: ${detail}`).join('; ')
    return fail(check, `not ready: ${says}`, todoFor(red.map(([part]) => part)))
  }
  return ok(check, `ready, ${labelOf(running)}`)
}

function todoFor(parts: readonly string[]): string {
  if (parts.includes('rights')) return 'give it the right: "npm run ops -- acls check" names what is missing'
  if (parts.includes('started')) return 'have what it waits for answer; it goes on by itself'
  return 'look at its log, then at infra/observability/runbooks.md#atsflowstandsstill'
}

const labelOf = ({ version, git_sha: commit }: Pick<Running, 'version' | 'git_sha'>): string =>
  commit === null ? version : `${version} (${commit.slice(0, 7)})`

/** @param own that of this command, whose commands the processes must be able to read */
export function judgeVersions(reports: readonly ProcessReport[], own: Version): readonly Finding[] {
  const found = reports.flatMap(({ name, version }) => {
    const running = parsed(Running, version)
    return running === null ? [] : [{ ...running, name }]
  })
  if (found.length === 0) return []
  const all = [...found, { ...own, name: 'this command' }]
  const formats = Map.groupBy(
    all.filter(({ state_format: format }) => format !== null),
    ({ state_format: format }) => String(format),
  )
  if (formats.size > 1)
    return [
      fail(
        'versions',
        `formats of the state differ: ${inWords(formats)}`,
        'replace all instances by one version: older ones refuse what newer ones send each other (CHANGELOG.md)',
      ),
    ]
  if (isOne(all)) return [ok('versions', `all are ${labelOf(all[0] ?? own)}`)]
  const says = inWords(Map.groupBy(all, labelOf))
  return [warn('versions', `versions differ: ${says}`, 'finish the update, or go back (CHANGELOG.md)')]
}

/** A commit that nobody knows contradicts none. */
function isOne(all: readonly Pick<Running, 'version' | 'git_sha'>[]): boolean {
  const commits = new Set(all.flatMap(({ git_sha: commit }) => commit ?? []))
  return new Set(all.map(({ version }) => version)).size === 1 && commits.size <= 1
}

const inWords = (groups: ReadonlyMap<string, readonly { readonly name: string }[]>): string =>
  [...groups]
    .map(([label, members]) => `${label} of ${members.map(({ name }) => name).join(', ')}`)
    .join('; ')

function parsed<T extends z.ZodType>(schema: T, probe: HttpProbe): z.output<T> | null {
  if (probe.type === 'failed') return null
  try {
    return schema.parse(JSON.parse(probe.text))
  } catch {
    return null
  }
}
