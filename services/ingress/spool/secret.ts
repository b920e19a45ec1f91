/** What the spool is encrypted with: configured, printed by a command, or, for want of both, made beside the spool. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { ConfigError } from '../../platform/process/config.ts'
import { generatedSecret } from '../../platform/process/generated-secret.ts'
import type { LogEvents } from '../../platform/process/log-events.ts'
import { faultOf } from '../../platform/secrets/guessable.ts'
import type { IngressConfig } from '../config.ts'

const COMMAND_WITHIN_MS = 30_000

/** @throws ConfigError for a command that fails, or prints nothing or what can be guessed, and for an empty file */
export async function spoolSecret(
  config: Pick<IngressConfig, 'SPOOL_DIR' | 'SPOOL_KEY' | 'SPOOL_KEY_COMMAND'>,
  log: Pick<LogEvents, 'spoolKeyGenerated'>,
): Promise<string> {
  const { SPOOL_KEY: secret, SPOOL_KEY_COMMAND: command } = config
  if (secret !== undefined) return secret
  if (command !== undefined) return printedBy(command)
  const file = join(config.SPOOL_DIR, 'key')
  const made = await generatedSecret(file)
  if (made === '') throw new ConfigError(`${file} is empty: put the key back, or remove the file`)
  log.spoolKeyGenerated({ file })
  return made
}

/** What it says of a failure is not repeated: it may name what it was asked for. */
function printedBy(command: string): string {
  let printed: string
  try {
    printed = execFileSync('sh', ['-c', command], {
      encoding: 'utf8',
      timeout: COMMAND_WITHIN_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim()
  } catch (error) {
    throw new ConfigError(`SPOOL_KEY_COMMAND: ${whyOf(Object(error))}`)
  }
  if (printed === '') throw new ConfigError('SPOOL_KEY_COMMAND: it printed nothing')
  const weakness = faultOf(printed)
  if (weakness !== null) throw new ConfigError(`SPOOL_KEY_COMMAND: what it prints ${weakness}`)
  return printed
}

function whyOf({ status, code }: { readonly status?: unknown; readonly code?: unknown }): string {
  if (code === 'ENOENT')
    return 'there is no shell here: build the image with another RUNTIME_IMAGE, or set SPOOL_KEY_FILE'
  const how = typeof status === 'number' ? `ended with code ${status}` : 'did not end by itself'
  return `it ${how}: run it as the user of ingress`
}
