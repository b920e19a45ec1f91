/** A version of the processes: the one in this folder, and the last one that was released before it. */
import { execFile } from 'node:child_process'
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** The commit of the last release: what users run while they upgrade to this version, and go back to. */
export const LAST_RELEASE = '2a042b963c2dc07536954cb27627fb86e3085b8b'

const ROOT = join(import.meta.dirname, '../../..')

/** A folder with `services/` and `infra/`. */
export type Version = string
export const THIS_VERSION: Version = ROOT

/** Unpacks the last release below `directory`; it uses the packages that are installed here. */
export async function lastRelease(directory: string): Promise<Version> {
  const target = join(directory, 'last-release')
  mkdirSync(target, { recursive: true })
  const archive = join(directory, 'last-release.tar')
  const parts = ['package.json', 'services', 'schemas', 'infra']
  try {
    await execute('git', ['-C', ROOT, 'archive', '-o', archive, LAST_RELEASE, ...parts])
  } catch (error) {
    throw new Error(`the last release, ${LAST_RELEASE}, is not in this clone: fetch its whole history`, {
      cause: error,
    })
  }
  await execute('tar', ['-xf', archive, '-C', target])
  symlinkSync(realpathSync(join(ROOT, 'node_modules')), join(target, 'node_modules'))
  return target
}
