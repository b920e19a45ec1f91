import { expect, it } from 'vitest'
import { judgeGroup, judgeLetters } from '../../../../services/ops/doctor/judge-waiting.ts'

const NOW_MS = Date.UTC(2026, 1, 3)
const group = (members: number, lags: Record<string, number>) =>
  judgeGroup({ group: 'normalizer', members, lags: new Map(Object.entries(lags)) })

it.each([
  ['has never run', 0, {}, 'skip', 'never run'],
  ['has just begun', 2, {}, 'ok', '0 offsets wait, 2 of it read'],
  ['keeps up', 2, { a: 1_000 }, 'ok', '1,000 offsets wait'],
  ['falls behind', 1, { a: 1, b: 1_000 }, 'warn', '1,001 offsets wait, most on b'],
  ['has stopped with nothing to read', 0, { a: 0 }, 'fail', 'no instance reads, and 0 offsets wait'],
  ['has stopped with one to read', 0, { a: 1 }, 'fail', 'no instance reads, and 1 offset wait'],
] as const)('a group that %s', (_what, members, lags, verdict, words) => {
  const finding = group(members, lags)
  expect(finding).toMatchObject({ check: 'lag normalizer', verdict, says: expect.stringContaining(words) })
  expect(finding.todo === null).toBe(verdict === 'ok' || verdict === 'skip')
})

const letter = (code: string, daysAgo: number) => ({ code, failedAtMs: NOW_MS - daysAgo * 86_400_000 })

it('no open dead letter is nothing to do', () => {
  expect(judgeLetters([], NOW_MS)).toMatchObject({ verdict: 'ok', todo: null })
})

it('open dead letters are told by code, with the age of the oldest and the command', () => {
  const letters = [letter('PAYLOAD_INVALID', 0.5), letter('NOT_ROUTABLE', 3.2), letter('PAYLOAD_INVALID', 1)]
  expect(judgeLetters(letters, NOW_MS)).toMatchObject({
    verdict: 'warn',
    says: '3 open: 2 PAYLOAD_INVALID, 1 NOT_ROUTABLE; the oldest for 3 d',
    todo: expect.stringContaining('dead-letters list'),
  })
  expect(judgeLetters([letter('A', 0.9)], NOW_MS).says).toBe('1 open: 1 A; all of the last 24 h')
})
