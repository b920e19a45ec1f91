import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type ClaimedFolder,
  claimFirstFolder,
  claimFolder,
  HOLDER_SILENT_MAX_MS,
} from '../../../../services/platform/process/claimed-folder.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'

const MODULE = join(import.meta.dirname, '../../../../services/platform/process/claimed-folder.ts')

let root: string
let claimed: ClaimedFolder[]
let children: ChildProcess[]
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'atsflow-claim-'))
  claimed = []
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of claimed) folder.leave()
  rmSync(root, { recursive: true, force: true })
})

const folder = (slot: number) => join(root, `sample-${slot}`)
function first(): string {
  const claim = claimFirstFolder(root, 'sample')
  claimed.push(claim)
  return claim.path
}

/** Claims in another process, which holds what it got until it is killed. */
async function claimElsewhere(
  command: readonly string[] = [],
): Promise<{ path: string; kill(): Promise<void> }> {
  const script = `
    const { claimFirstFolder } = await import(${JSON.stringify(MODULE)})
    process.stdout.write(claimFirstFolder(${JSON.stringify(root)}, 'sample').path)
    process.stdin.resume()`
  const [program = '', ...args] = [...command, process.execPath, '--input-type=module', '-e', script]
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const path = await new Promise<string>(given => child.stdout.once('data', data => given(String(data))))
  const kill = async () => {
    const ended = new Promise(gone => child.once('exit', gone))
    child.kill('SIGKILL')
    await ended
  }
  return { path, kill }
}

function heldBy(holder: string, silentMs: number): void {
  mkdirSync(folder(0))
  const file = join(folder(0), 'owner')
  writeFileSync(file, holder)
  const seen = (Date.now() - silentMs) / 1000
  utimesSync(file, seen, seen)
}

describe('a folder', () => {
  it('belongs to one of several that want it at the same time', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => claimElsewhere()))
    expect([...others.map(({ path }) => path), first()].sort()).toEqual([0, 1, 2, 3, 4].map(folder))
  })

  it('is held whatever the file says that names its holder', async () => {
    const { path } = await claimElsewhere()
    writeFileSync(join(path, 'owner'), `${hostname()} 99999999`)
    rmSync(join(path, 'owner'))
    expect(claimFolder(path)).toBeNull()
  })

  it('is free at once when its holder was killed, or has left', async () => {
    const other = await claimElsewhere()
    await other.kill()
    const claim = claimFolder(other.path)
    claim?.leave()
    expect([claim?.path, first()]).toEqual([folder(0), folder(0)])
  })

  it('is held while its holder stands still', async () => {
    const other = await claimElsewhere()
    children[0]?.kill('SIGSTOP')
    expect(first()).toBe(folder(1))
    await other.kill()
  })

  const mayUnshare = spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0
  it.runIf(mayUnshare)(
    'is held against a process of another container, where numbers are the same',
    async () => {
      const unshared = await claimElsewhere(['unshare', '--pid', '--fork', '--kill-child'])
      const second = await claimElsewhere(['unshare', '--pid', '--fork', '--kill-child'])
      expect([unshared.path, second.path, first()]).toEqual([0, 1, 2].map(folder))
    },
  )

  it.each([
    ['a machine that was seen just now', 'elsewhere 1 a-kernel an-id', 0, 1],
    ['a machine that is silent for long', 'elsewhere 1 a-kernel an-id', HOLDER_SILENT_MAX_MS + 1_000, 0],
    ['this machine before it was started anew', `${hostname()} 1 a-kernel an-id`, 0, 0],
    ['an earlier version, which knows no lock', `${hostname()} ${process.pid}`, 0, 1],
    ['an earlier version that is silent for long', `${hostname()} 1`, HOLDER_SILENT_MAX_MS + 1_000, 0],
  ])('that was held by %s', (_who, holder, silentMs, slot) => {
    heldBy(holder, silentMs)
    expect(first()).toBe(folder(slot))
  })

  it('says when another machine has taken it over', () => {
    first()
    const [claim] = claimed
    claim?.touch()
    writeFileSync(join(folder(0), 'owner'), 'elsewhere 1 a-kernel an-id')
    expect(() => claim?.touch()).toThrow('taken over')
  })

  it('is gone when it is removed, and can be claimed again', () => {
    claimFolder(folder(0))?.remove()
    expect([existsSync(folder(0)), first()]).toEqual([false, folder(0)])
  })

  it('names the volume that cannot be used', () => {
    writeFileSync(join(root, 'sample-0'), '')
    mkdirSync(join(root, 'other.lock'))
    expect(() => claimFolder(join(root, 'other'))).toThrow(ConfigError)
  })
})
