/** The repository as a list of files: what is committed or would be. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '..', '..')

export const exists = (path: string): boolean => existsSync(join(ROOT, path))
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

/** Paths from the root, without those that git ignores and those that are deleted but still in its index. */
export const FILES: readonly string[] = listed()
  .filter(path => path !== '' && exists(path))
  .sort()

/** Text that people write: neither data of a vendor's example nor what a tool writes. */
export const WRITTEN: readonly string[] = FILES.filter(
  path =>
    /[.](ts|cjs|js|json|md|yaml|yml|avsc|env|html|css|sql|py|sh)$|(^|\/)([.][a-z.]+|Dockerfile|run)$/.test(
      path,
    ) &&
    !path.includes('/fixtures/') &&
    path !== 'package-lock.json',
)

export const TYPESCRIPT: readonly string[] = FILES.filter(path => path.endsWith('.ts'))

function listed(): readonly string[] {
  try {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
    return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' }).split('\0')
  } catch {
    // A copy without history, such as an archive: everything but what installing and running write.
    return readdirSync(ROOT, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
      .filter(path => !/^(node_modules|[.]local|[.]git|coverage)\//.test(path))
  }
}
