import { expect, it } from 'vitest'
import type { AuditEntry } from '../../../../schemas/types.ts'
import { type Act, createAuditTrail, LOOK_MS } from '../../../../services/console/audit/trail.ts'

const LOOK: Act = {
  user: { name: 'kim', role: 'viewer', tenants: null, by: 'secret' },
  address: '198.51.100.7',
  action: 'getTimeline',
  audited: { kind: 'LOOK', subjects: ['jobylon:acme:p1#j1'] },
}
const DECISION: Act = {
  ...LOOK,
  action: 'discardDeadLetters',
  audited: { kind: 'DECISION', subjects: ['t/0/1'] },
}

function open() {
  let atMs = 1_000_000
  const entries: AuditEntry[] = []
  const trail = createAuditTrail(
    async entry => void entries.push(entry),
    () => atMs,
  )
  const later = (ms: number) => {
    atMs += ms
  }
  return { trail, entries, later }
}

it('keeps who, from where, what and about whom', async () => {
  const { trail, entries } = open()
  await trail(LOOK)
  expect(entries).toEqual([
    {
      ...{ audit_id: expect.stringMatching(/^[0-9a-f-]{36}$/), occurred_at: 1_000_000, kind: 'LOOK' },
      ...{ action: 'getTimeline', subjects: ['jobylon:acme:p1#j1'], actor: 'kim', proved_by: 'secret' },
      address: '198.51.100.7',
    },
  ])
})

it('takes for one look what a page asks for again and again, and for another who looks, at what, and later', async () => {
  const { trail, entries, later } = open()
  for (let asked = 0; asked < 5; asked++) await trail(LOOK)
  await trail({ ...LOOK, address: '198.51.100.8' })
  await trail({ ...LOOK, user: { ...LOOK.user, name: 'lou' } })
  await trail({ ...LOOK, audited: { kind: 'LOOK', subjects: ['jobylon:acme:p2#j1'] } })
  expect(entries).toHaveLength(4)
  later(LOOK_MS)
  await trail(LOOK)
  expect(entries).toHaveLength(5)
})

it('keeps every decision, and a look again that could not be kept', async () => {
  const { trail, entries } = open()
  await trail(DECISION)
  await trail(DECISION)
  expect(entries).toHaveLength(2)
  let isAway = true
  const failing = createAuditTrail(
    async () => {
      if (isAway) throw new Error('no broker answers')
    },
    () => 0,
  )
  await expect(failing(LOOK)).rejects.toThrow()
  isAway = false
  await failing(LOOK)
})
