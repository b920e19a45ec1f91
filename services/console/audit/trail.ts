/** Who has looked at data about single people, and who has decided what: a record for each, before the answer. */
import { randomUUID } from 'node:crypto'
import type { AuditEntry } from '../../../schemas/types.ts'
import type { Audited } from '../figures/endpoint.ts'
import type { User } from '../serve/user.ts'

export interface Act {
  readonly user: User
  readonly address: string
  readonly action: string
  readonly audited: Audited
}

/** Resolves when the record is kept. Rejects when it cannot be: then nothing may be shown or done. */
export type AuditTrail = (act: Act) => Promise<void>

/** The page asks again every two seconds for what is on the screen: that is one look. */
export const LOOK_MS = 15 * 60_000
const LOOKS_MAX = 10_000

export function createAuditTrail(
  keep: (entry: AuditEntry) => Promise<void>,
  nowMs: () => number,
): AuditTrail {
  const looks = new Map<string, number>()
  return async ({ user, address, action, audited: { kind, subjects } }) => {
    const occurred_at = nowMs()
    const look = JSON.stringify([user.name, user.by, address, action, subjects])
    if (kind === 'LOOK' && occurred_at < (looks.get(look) ?? 0) + LOOK_MS && looks.has(look)) return
    await keep({
      ...{ audit_id: randomUUID(), occurred_at, kind, action, subjects: [...subjects] },
      ...{ actor: user.name, proved_by: user.by, address },
    })
    if (kind !== 'LOOK') return
    const [oldest] = looks.keys()
    if (looks.size >= LOOKS_MAX && oldest !== undefined) looks.delete(oldest)
    looks.delete(look)
    looks.set(look, occurred_at)
  }
}
