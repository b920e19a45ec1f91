import { expect, it } from 'vitest'
import {
  judgeClock,
  judgeConfiguration,
  judgeDirectory,
  judgeSources,
} from '../../../../services/ops/doctor/judge-machine.ts'

const NOW_MS = Date.UTC(2026, 1, 3)
const probe = (aheadMs: number, tookMs = 100) => ({
  ...({ type: 'answered', status: 200, text: '' } as const),
  ...{ dateMs: NOW_MS - aheadMs, sentAtMs: NOW_MS - tookMs / 2, answeredAtMs: NOW_MS + tookMs / 2 },
})

it.each([
  ['is right', 0, 100, 'ok', 'as the registry'],
  ['is ahead by less than matters', 20_000, 100, 'ok', 'as the registry'],
  ['is ahead', 60_000, 100, 'warn', 'ahead of'],
  ['is behind', -60_000, 100, 'warn', 'behind'],
  ['is far behind', -3_600_000, 100, 'fail', 'behind'],
  ['may be right, the answer having come slowly', 40_000, 30_000, 'ok', 'as the registry'],
])('a clock that %s is judged so', (_what, aheadMs, tookMs, verdict, says) => {
  expect(judgeClock('the registry', probe(aheadMs, tookMs))).toMatchObject({
    ...{ verdict, says: expect.stringContaining(says) },
  })
})

it.each([
  ['nobody answers', { type: 'failed', code: 'ECONNREFUSED' } as const],
  ['the answer has no date', { ...probe(0), dateMs: null }],
])('a clock cannot be judged when %s', (_what, facts) => {
  expect(judgeClock('the registry', facts)).toMatchObject({ verdict: 'skip' })
})

const folder = {
  path: '/data/state',
  found: '/data',
  isDirectory: true,
  isWritable: true,
  freeBytes: 2 ** 31,
}
it.each([
  ['can be made', folder, 'ok'],
  ['is there', { ...folder, found: '/data/state' }, 'ok'],
  ['is a file', { ...folder, isDirectory: false }, 'fail'],
  ["is somebody else's", { ...folder, isWritable: false }, 'fail'],
  ['is on a full disk', { ...folder, freeBytes: 1_000 }, 'warn'],
])('a folder that %s is judged so', (_what, facts, verdict) => {
  expect(judgeDirectory('STATE_DIR', facts, 1024)).toMatchObject({ check: 'STATE_DIR', verdict })
})

const connection = { tenant: 'default', secrets: ['s'], settings: {} }
it.each([
  ['nothing is taken', [{ ...connection, source: 'jobylon', secrets: [] }], 'warn', 'SOURCE_JOBYLON_SECRET'],
  ['only callbacks are taken', [{ ...connection, source: 'pulsifi' }], 'warn', 'SOURCE_JOBYLON_SECRET'],
  ['one is taken', [{ ...connection, source: 'idibu' }], 'ok', null],
])('of sources, when %s', (_what, connections, verdict, todo) => {
  expect(judgeSources(['jobylon', 'idibu'], connections)).toMatchObject({
    ...{ verdict, todo: todo === null ? null : expect.stringContaining(todo) },
  })
})

it('says every fault of the configuration on one line', () => {
  expect(judgeConfiguration('cannot be used:\n  A: no\n  B: no')).toMatchObject({
    ...{ verdict: 'fail', says: 'cannot be used: A: no; B: no' },
  })
})
