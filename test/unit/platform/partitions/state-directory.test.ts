import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimStateDirectory } from '../../../../services/platform/partitions/state-directory.ts'

const SESSION_MS = 10_000
/** The parent of this process is alive, and is not this process. */
const ALIVE = process.ppid

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'atsflow-state-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const claim = (nowMs = Date.now()) => claimStateDirectory(root, 'sample', SESSION_MS, nowMs)
function holdSlot(slot: number, pid: number | string): void {
  mkdirSync(join(root, `sample-${slot}`), { recursive: true })
  writeFileSync(join(root, `sample-${slot}`, 'owner.pid'), String(pid))
}
/** Of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await new Promise(resolve => child.once('exit', resolve))
  return child.pid ?? 0
}

describe('the slot', () => {
  it('is the first one that no living process holds', async () => {
    expect(claim().path).toBe(join(root, 'sample-0'))
    holdSlot(0, ALIVE)
    holdSlot(1, await deadPid())
    holdSlot(2, ALIVE)
    expect(claim().path).toBe(join(root, 'sample-1'))
  })

  it('is free again when its holder has left', () => {
    holdSlot(0, ALIVE)
    claim().leave()
    expect(existsSync(join(root, 'sample-1', 'owner.pid'))).toBe(false)
    expect(claim().path).toBe(join(root, 'sample-1'))
  })

  it.each(['', 'text', '-1', '0'])('is free when its holder is written as %j', pid => {
    holdSlot(0, pid)
    expect(claim().path).toBe(join(root, 'sample-0'))
  })

  it('is left to whoever is taking it over from a dead process at the same moment', async () => {
    holdSlot(0, await deadPid())
    mkdirSync(join(root, 'sample-0', 'taking-over'))
    expect(claim().path).toBe(join(root, 'sample-1'))
  })

  it('belongs to one of several that find it held by a dead process at the same time', async () => {
    holdSlot(0, await deadPid())
    const module = join(import.meta.dirname, '../../../../services/platform/partitions/state-directory.ts')
    // Each stays until it is ended, so that none finds another dead.
    const script = `
      const { claimStateDirectory } = await import(${JSON.stringify(module)})
      process.stdout.write(claimStateDirectory(${JSON.stringify(root)}, 'sample', 1, Date.now()).path)
      process.stdin.resume()`
    const children = Array.from({ length: 5 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['pipe', 'pipe', 'ignore'] }),
    )
    const paths = await Promise.all(
      children.map(child => new Promise(resolve => child.stdout.once('data', data => resolve(String(data))))),
    )
    for (const child of children) child.stdin.end()
    expect(new Set(paths).size).toBe(5)
  })
})

describe('the wait before joining', () => {
  const NOW = 1_700_000_000_000
  const lastSeen = (ms: number) => {
    claim().touch()
    utimesSync(join(root, 'sample-0', 'member'), ms / 1000, ms / 1000)
  }

  it('is nothing for a new directory', () => {
    expect(claim(NOW).rejoinWaitMs).toBe(0)
  })

  it.each([
    ['the rest of the session and a second, after a kill', 4_000, 7_000],
    ['nothing when the session has ended', 11_000, 0],
    ['never longer than a session and a second, whatever the clock says', -60_000, 11_000],
  ])('is %s', (_what, agoMs, waitMs) => {
    lastSeen(NOW - agoMs)
    expect(claim(NOW).rejoinWaitMs).toBeCloseTo(waitMs, -1)
  })

  it('is nothing when the group was left cleanly', () => {
    lastSeen(NOW - 1_000)
    claim(NOW).leave()
    expect(claim(NOW).rejoinWaitMs).toBe(0)
  })
})
