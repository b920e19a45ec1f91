/** What is to be said of what waits: events for the processes, dead letters for people. Pure. */
import type { DeadLetter } from '../../platform/dead-letters/view.ts'
import { tally } from '../dead-letters/dead-letters.ts'
import { type Finding, fail, ok, skip, warn } from './finding.ts'

export interface GroupReport {
  readonly group: string
  /** Instances that share the partitions now. */
  readonly members: number
  /** Offsets between what is committed and the end, by topic; empty: nothing was ever committed. */
  readonly lags: ReadonlyMap<string, number>
}

/** As the alert AtsflowFallsBehind has it. */
const LAG_WARN = 1_000

export function judgeGroup({ group, members, lags }: GroupReport): Finding {
  const check = `lag ${group}`
  const lag = [...lags.values()].reduce((sum, each) => sum + each, 0)
  if (lags.size === 0 && members === 0) return skip(check, 'it has never run on this cluster')
  if (members === 0)
    return fail(
      check,
      `no instance reads, and ${count(lag)} wait`,
      `start ${group}: where it stopped is known`,
    )
  if (lag <= LAG_WARN) return ok(check, `${count(lag)} wait, ${members} of it read`)
  const [topic = ''] = [...lags].sort(([, one], [, other]) => other - one)[0] ?? []
  return warn(
    check,
    `${count(lag)} wait, most on ${topic}, ${members} of it read`,
    `look again in a minute; if it grows, start more of it, or see infra/observability/runbooks.md#atsflowfallsbehind`,
  )
}

const count = (lag: number): string => `${lag.toLocaleString('en')} ${lag === 1 ? 'offset' : 'offsets'}`

const DAY_MS = 86_400_000

/** @param letters that nobody has decided on */
export function judgeLetters(
  letters: readonly Pick<DeadLetter, 'code' | 'failedAtMs'>[],
  nowMs: number,
): Finding {
  const check = 'dead letters'
  if (letters.length === 0) return ok(check, 'none is open')
  const oldestMs = letters.reduce((oldest, { failedAtMs }) => Math.min(oldest, failedAtMs), nowMs)
  const days = Math.floor((nowMs - oldestMs) / DAY_MS)
  const age = days === 0 ? 'all of the last 24 h' : `the oldest for ${days} d`
  return warn(
    check,
    `${letters.length.toLocaleString('en')} open: ${tally(letters)}; ${age}`,
    'run "npm run ops -- dead-letters list"; the README says of each code what to do',
  )
}
