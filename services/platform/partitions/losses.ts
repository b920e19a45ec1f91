/** Logs that hold less than the store of a partition knows of them, and what is done about it. */
import type { Admin } from 'kafkajs'
import type { CheckResult } from '../process/health.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { acceptedAtMs } from '../topics/accepted-losses.ts'
import type { Processor } from './processor.ts'

export interface Losses {
  /** Of the ledger: nothing is decided until a person has accepted them. */
  readonly open: readonly string[]
  /** State is made anew of what is there. */
  readonly rebuilt: readonly string[]
}

export interface Judgement extends Losses {
  /**
   * A loss was accepted within a day: the ledger may say nothing of inputs that were decided before. For so long, because
   * whoever takes the partition first may not get to the end of comparing.
   */
  readonly isLedgerCut: boolean
}

const DAY_MS = 86_400_000

/**
 * A loss that was accepted after a store was last level gives up all that the store knows, also when the log has grown past
 * it since: what lies between is not what the store has read.
 * @param known what the store of partition p knows: topics that hold less, and when it was last level, ms UTC
 */
export async function judgeLosses(
  admin: Pick<Admin, 'fetchOffsets'>,
  { group, tables }: Pick<Processor<never, never>, 'group' | 'tables'>,
  partition: number,
  { lost, knownAtMs }: { readonly lost: readonly string[]; readonly knownAtMs: number },
  nowMs: number,
): Promise<Judgement> {
  const ledgers = tables.filter(({ isLedger }) => isLedger).map(({ topic }) => topic)
  if (ledgers.length === 0) return { open: [], rebuilt: lost, isLedgerCut: false }
  const accepted = await acceptedAtMs(admin, group, ledgers, partition)
  const isGivenUp = (topic: string) => knownAtMs > 0 && (accepted.get(topic) ?? 0) > knownAtMs
  const isOpen = (topic: string) => ledgers.includes(topic) && !isGivenUp(topic)
  return {
    open: lost.filter(isOpen),
    rebuilt: [...new Set([...lost.filter(topic => !isOpen(topic)), ...ledgers.filter(isGivenUp)])],
    isLedgerCut: ledgers.some(topic => nowMs - (accepted.get(topic) ?? 0) < DAY_MS),
  }
}

/** Says each loss once, however often it is seen. */
export function createLossTeller(
  { ledgerLost, rebuiltAfterLoss }: Pick<Metrics, 'ledgerLost' | 'rebuiltAfterLoss'>,
  log: Pick<Logger, 'error'>,
): (partition: number, losses: Losses) => void {
  const told = new Map<number, readonly string[]>()
  return (partition, { open, rebuilt }) => {
    const before = told.get(partition) ?? []
    told.set(partition, open)
    for (const topic of before) if (!open.includes(topic)) ledgerLost.set({ topic, partition }, 0)
    for (const topic of open) {
      ledgerLost.set({ topic, partition }, 1)
      const line = { event: 'ledger_lost', code: LEDGER_LOST, topic, partition }
      if (!before.includes(topic)) log.error(line, `Nothing is decided here: ${LEDGER_LOST_REMEDY}`)
    }
    for (const topic of rebuilt) {
      rebuiltAfterLoss.inc({ topic, partition })
      const line = { event: 'log_lost', topic, partition }
      log.error(line, 'The topic holds less than was known of it: state is made anew of what is there.')
    }
  }
}

/** @param lost logs of the ledger whose loss nobody has accepted */
export const checkLedger = (lost: readonly string[]): CheckResult => ({
  ok: lost.length === 0,
  detail: lost.length === 0 ? 'nothing lost' : `${LEDGER_LOST}: ${lost.join(', ')}`,
})

const LEDGER_LOST = 'LEDGER_LOST'
const LEDGER_LOST_REMEDY =
  'the topic holds less than was known of it. Restore it, or give up what is missing with "ops -- topics accept-loss".'
