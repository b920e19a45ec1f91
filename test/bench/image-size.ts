/** How large the container image is, and what of it is ours. */
import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILD_WITHIN_MS = 600_000
/** What infra/Dockerfile copies beside the packages. */
const COPIED = ['package.json', 'package-lock.json', 'tsconfig.json', 'schemas', 'infra', 'services']
const MIB = 2 ** 20

const run = promisify(execFile)

/** Uncompressed; null where Docker does not answer or cannot build it. */
export async function imageMib(): Promise<number | null> {
  try {
    const options = { cwd: ROOT, timeout: BUILD_WITHIN_MS }
    const { stdout: id } = await run(
      'docker',
      ['build', '--quiet', '--file', 'infra/Dockerfile', '.'],
      options,
    )
    const { stdout } = await run('docker', ['image', 'inspect', '--format', '{{.Size}}', id.trim()])
    return Number(stdout) / MIB
  } catch {
    return null
  }
}

/** Packages that are not for development alone, as they are installed here, and the source. */
export async function shippedMib(): Promise<number> {
  const list = ['ls', '--omit=dev', '--all', '--parseable']
  const { stdout } = await run('npm', list, { cwd: ROOT, maxBuffer: 16 * MIB })
  const packages = stdout.split('\n').filter(path => path.includes('node_modules'))
  const bytes = [...packages, ...COPIED.map(path => join(ROOT, path))].map(bytesOf)
  return bytes.reduce((sum, size) => sum + size, 0) / MIB
}

/** Without packages inside a package: they are listed themselves. */
function bytesOf(path: string): number {
  const status = statSync(path)
  if (!status.isDirectory()) return status.size
  return readdirSync(path, { withFileTypes: true })
    .filter(entry => entry.name !== 'node_modules' && !entry.isSymbolicLink())
    .reduce((sum, { name }) => sum + bytesOf(join(path, name)), 0)
}
