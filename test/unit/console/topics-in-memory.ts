/** A console's database that takes records as if they had come from topics, in batches. */

import { mainScoreTypeOf } from '../../../services/console/figures/current-scores.ts'
import type { ApiContext, Endpoint } from '../../../services/console/figures/endpoint.ts'
import type { User } from '../../../services/console/serve/user.ts'
import type { Row } from '../../../services/console/store/columns.ts'
import { type Database, openDatabase } from '../../../services/console/store/database.ts'
import {
  bindingRows,
  candidateRows,
  invitationRows,
  jobRows,
  type Place,
  resultRows,
  scoreRows,
  statusRows,
} from '../../../services/console/store/rows.ts'
import type { StagedRow, StagedTable } from '../../../services/console/store/staged.ts'
import { writeBatch } from '../../../services/console/store/writer.ts'

const MAKERS = {
  job: jobRows,
  binding: bindingRows,
  candidate: (place: Place, key: string, value: Parameters<typeof candidateRows>[2]) =>
    candidateRows(place, key, value, true),
  invitation: invitationRows,
  result: resultRows,
  score: scoreRows,
  status: statusRows,
}

export interface MemoryTopics {
  readonly database: Database
  /** Rows of the next record on a topic of one partition. */
  readonly record: <K extends keyof typeof MAKERS>(
    kind: K,
    key: string,
    value: Parameters<(typeof MAKERS)[K]>[2],
    recordedAt?: number,
  ) => StagedRow[]
  /** One transaction. */
  readonly write: (...rows: readonly StagedRow[][]) => Promise<void>
  /** Of who may see everything. */
  readonly context: ApiContext
  readonly contextOf: (user: User) => ApiContext
  readonly answer: (endpoint: Endpoint, query?: object, user?: User) => Promise<unknown>
}

export async function createMemoryTopics(): Promise<MemoryTopics> {
  const database = await openDatabase({ path: ':memory:', memoryMib: 256, keepsPersonalData: true })
  const offsets = new Map<string, number>()
  const common = {
    select: () => Promise.reject(new Error('no file here')),
    snapshot: () => null,
    keepsPersonalData: true,
    resolveLetters: () => Promise.reject(new Error('no Kafka here')),
    tellOwner: () => Promise.reject(new Error('no Kafka here')),
    reportAt: () => Promise.resolve({ page: null, pdf: null, pdf_expires_at: null }),
    letterAt: () => Promise.resolve({ headers: {}, body: null, record: null, origin: '' }),
    pulsifiBudget: 5,
  } as const
  const contextOf = (user: User): ApiContext => {
    const seen = user.tenants === null ? database : database.limitedTo(user.tenants)
    return { ...common, user, database: seen, mainScoreType: () => mainScoreTypeOf(seen) }
  }
  const context = contextOf({ name: 'kim', role: 'operator', tenants: null, by: 'secret' })
  return {
    database,
    record(kind, key, value, recordedAt = 1_000) {
      const offset = offsets.get(kind) ?? 0
      offsets.set(kind, offset + 1)
      const place = { kafka_partition: 0, kafka_offset: offset, recorded_at: recordedAt }
      // Cast: the maker and the value are of the same kind.
      return (MAKERS[kind] as (place: Place, key: string, value: unknown) => StagedRow[])(place, key, value)
    },
    async write(...rows) {
      const byTable = new Map<StagedTable, Row[]>()
      for (const { table, row } of rows.flat()) byTable.set(table, [...(byTable.get(table) ?? []), row])
      await writeBatch(database, { rows: byTable, positions: [] }, 0)
    },
    context,
    contextOf,
    answer: async (endpoint, query = {}, user = context.user) =>
      endpoint.response.parse(await endpoint.answer(query, null, contextOf(user))),
  }
}
