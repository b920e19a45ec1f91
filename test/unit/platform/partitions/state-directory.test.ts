import { mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  claimStateDirectory,
  type StateDirectory,
} from '../../../../services/platform/partitions/state-directory.ts'

const SESSION_MS = 10_000
const NOW = 1_700_000_000_000

let root: string
let claims: StateDirectory[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'atsflow-state-'))
  claims = []
})
afterEach(() => {
  for (const claim of claims) claim.leave()
  rmSync(root, { recursive: true, force: true })
})

function claim(nowMs = NOW): StateDirectory {
  const directory = claimStateDirectory(root, 'sample', SESSION_MS, nowMs)
  claims.push(directory)
  return directory
}
/** Somebody was a member, and was killed: of a clean farewell only the folder's is made. */
function lastSeen(ms: number): void {
  const killed = claimStateDirectory(root, 'sample', SESSION_MS, NOW)
  killed.leave()
  killed.touch()
  utimesSync(join(killed.path, 'member'), ms / 1000, ms / 1000)
}

describe('the wait before joining', () => {
  it('is nothing for a new directory', () => {
    expect(claim().rejoinWaitMs).toBe(0)
  })

  it.each([
    ['the rest of the session and a second, after a kill', 4_000, 7_000],
    ['nothing when the session has ended', 11_000, 0],
    ['never longer than a session and a second, whatever the clock says', -60_000, 11_000],
  ])('is %s', (_what, agoMs, waitMs) => {
    lastSeen(NOW - agoMs)
    expect(claim().rejoinWaitMs).toBeCloseTo(waitMs, -1)
  })

  it('is nothing when the group was left cleanly', () => {
    lastSeen(NOW - 1_000)
    claim().leave()
    expect(claim().rejoinWaitMs).toBe(0)
  })
})

it('gives each instance a folder of its own', () => {
  expect(new Set([claim().path, claim().path]).size).toBe(2)
})
