import { expect, it } from 'vitest'
import {
  checkLedger,
  createLossTeller,
  judgeLosses,
} from '../../../../services/platform/partitions/losses.ts'
import type { Table } from '../../../../services/platform/partitions/processor.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'

const entries = () => []
const TABLES: readonly Table[] = [{ topic: 'ledger', isLedger: true, entries }, { topic: 'other', entries }] // biome-ignore format: rows
const KNOWN_AT_MS = 1_000

/** @param metadata of the note about partition 1 of the ledger */
const judge = (
  topics: readonly string[],
  metadata: string | null,
  { partition = 1, knownAtMs = KNOWN_AT_MS, nowMs = 90_000_000 } = {},
) =>
  judgeLosses(
    {
      fetchOffsets: async ({ groupId }) =>
        groupId === 'sink-accepted-losses'
          ? [{ topic: 'ledger', partitions: [{ partition: 1, offset: '0', metadata }] }]
          : [],
    },
    { group: 'sink', tables: TABLES },
    partition,
    { lost: topics, knownAtMs },
    nowMs,
  )
const note = (atMs: number) => JSON.stringify({ atMs, by: 'somebody' })

it.each([
  ['nothing', [], null, { open: [], rebuilt: [] }],
  ['a topic that is no ledger', ['other'], null, { open: [], rebuilt: ['other'] }],
  ['the ledger', ['ledger', 'other'], null, { open: ['ledger'], rebuilt: ['other'] }],
  ['the ledger, accepted later', ['ledger'], note(KNOWN_AT_MS + 1), { open: [], rebuilt: ['ledger'] }],
  [
    'the ledger, where an earlier loss was accepted',
    ['ledger'],
    note(KNOWN_AT_MS),
    { open: ['ledger'], rebuilt: [] },
  ],
  [
    'nothing any more, since the log has grown past what was accepted as lost',
    [],
    note(KNOWN_AT_MS + 1),
    { open: [], rebuilt: ['ledger'] },
  ],
  ['the ledger, with a note that nobody wrote', ['ledger'], '{}', { open: ['ledger'], rebuilt: [] }],
] as const)('waits for a person only for a ledger: %s', async (_what, topics, metadata, losses) => {
  expect(await judge(topics, metadata)).toEqual({ ...losses, isLedgerCut: false })
})

it.each([0, KNOWN_AT_MS])(
  'knows for a day that something was given up, of a store that was level at %i',
  async knownAtMs => {
    const cut = async (nowMs: number) => (await judge([], note(2_000), { knownAtMs, nowMs })).isLedgerCut
    expect([await cut(2_001), await cut(86_401_999), await cut(86_402_000)]).toEqual([true, true, false])
    // A new store knows nothing that could be given up.
    const { rebuilt } = await judge([], note(2_000), { knownAtMs, nowMs: 2_001 })
    expect(rebuilt).toEqual(knownAtMs === 0 ? [] : ['ledger'])
  },
)

it('takes no acceptance for that of another partition', async () => {
  expect(await judge(['ledger'], note(KNOWN_AT_MS + 1), { partition: 0 })).toMatchObject({
    ...{ open: ['ledger'], rebuilt: [] },
  })
})

it('shows a loss while it stands, and says it once', async () => {
  const metrics = createMetrics()
  const lines: unknown[] = []
  const tell = createLossTeller(metrics, {
    ...createLogger('test', 'silent'),
    error: (line: unknown) => void lines.push(line),
  })
  const shown = async () => (await metrics.registry.metrics()).match(/^atsflow_(ledger_lost|state_re).*\d$/gm)
  for (let looks = 0; looks < 3; looks++) tell(4, { open: ['ledger'], rebuilt: [] })
  expect(lines).toEqual([{ event: 'ledger_lost', code: 'LEDGER_LOST', topic: 'ledger', partition: 4 }])
  expect(await shown()).toEqual(['atsflow_ledger_lost{topic="ledger",partition="4"} 1'])
  tell(4, { open: [], rebuilt: ['ledger'] })
  expect(await shown()).toEqual([
    'atsflow_ledger_lost{topic="ledger",partition="4"} 0',
    'atsflow_state_rebuilt_after_loss_total{topic="ledger",partition="4"} 1',
  ])
})

it('makes a process not ready while a loss of the ledger stands', () => {
  expect(checkLedger([]).ok).toBe(true)
  expect(checkLedger(['ledger/3'])).toEqual({ ok: false, detail: 'LEDGER_LOST: ledger/3' })
})
