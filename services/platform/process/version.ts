import { readFileSync } from 'node:fs'
import type { Environment } from './config.ts'

export interface Version {
  readonly version: string
  /** Commit of the running code; null when neither `GIT_SHA` nor a repository tells. */
  readonly git_sha: string | null
  readonly node: string
  /** Of what normalizer and sink keep under `STATE_DIR`: a version that has another builds it anew. */
  readonly state_format: string
}

/** Raised with what lies there: a folder of another format is left to the versions that have it, and topics are read anew. */
export const STATE_FORMAT = 'v7'

const ROOT = new URL('../../../', import.meta.url)

/** What is running. Never fails: what cannot be read is `unknown` or null. */
export const readVersion = (env: Environment): Version => ({
  version: packageVersion() ?? 'unknown',
  git_sha: env.GIT_SHA || checkedOutCommit(),
  node: process.version,
  state_format: STATE_FORMAT,
})

function packageVersion(): string | null {
  const found = /"version":\s*"([^"]+)"/.exec(contentOf('package.json') ?? '')
  return found?.[1] ?? null
}

/** Reads `.git` as it lies on disk: a detached HEAD, a loose reference or a packed one. */
function checkedOutCommit(): string | null {
  const head = contentOf('.git/HEAD')?.trim()
  const reference = head?.startsWith('ref: ') ? head.slice('ref: '.length) : null
  if (reference === null) return head ?? null
  const loose = contentOf(`.git/${reference}`)?.trim()
  if (loose !== undefined) return loose
  const packed = contentOf('.git/packed-refs')
    ?.split('\n')
    .find(line => line.endsWith(` ${reference}`))
  return packed?.split(' ')[0] ?? null
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, ROOT), 'utf8')
  } catch {
    return undefined
  }
}
