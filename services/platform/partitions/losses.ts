/** Logs that hold less than the store of a partition knows of them, and what is done about it. */
import type { Admin } from 'kafkajs'
import type { CheckResult } from '../process/health.ts'
import type { Logger } from '../process/logger.ts'
import type { Metrics } from '../process/metrics.ts'
import { acceptedAtMs } from '../topics/accepted-losses.ts'
import type { Processor } from './processor.ts'
import type { Loss } from './store.ts'

export interface Losses {
  /** Of the ledger: nothing is decided until a person has accepted them. */
  readonly open: readonly string[]
  /** State is made anew of what is there. */
  readonly rebuilt: readonly string[]
}

export const NO_LOSSES: Losses = { open: [], rebuilt: [] }

/** @param losses of partition p */
export async function judgeLosses(
  admin: Pick<Admin, 'fetchOffsets'>,
  { group, tables }: Pick<Processor<never, never>, 'group' | 'tables'>,
  partition: number,
  losses: readonly Loss[],
): Promise<Losses> {
  if (losses.length === 0) return NO_LOSSES
  const ledgers = new Set(tables.filter(({ isLedger }) => isLedger).map(({ topic }) => topic))
  const topics = losses.map(({ topic }) => topic)
  const accepted = await acceptedAtMs(admin, group, topics, partition)
  const isOpen = ({ topic, knownAtMs }: Loss) =>
    ledgers.has(topic) && (accepted.get(topic) ?? Number.NEGATIVE_INFINITY) <= knownAtMs
  return {
    open: losses.filter(isOpen).map(({ topic }) => topic),
    rebuilt: losses.filter(loss => !isOpen(loss)).map(({ topic }) => topic),
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
