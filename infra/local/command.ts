/** What the commands of this folder share: one sentence for a fault that a person can mend, and an orderly end. */
import { ConfigError } from '../../services/platform/process/config.ts'
import { keepFilesPrivate } from '../../services/platform/process/durable-files.ts'
import { withoutUserInfo } from '../../services/platform/process/masked.ts'

const EXIT_CONFIG = 78
const EXIT_FAILED = 1
const EXIT_INTERRUPTED = 130

export const say = (line: string): void => void process.stdout.write(`${withoutUserInfo(line)}\n`)
export const sayProgress = (line: string): void => void process.stderr.write(`${withoutUserInfo(line)}\n`)

/** Resolves when the signal is given; keeps the process alive until then, which listening for one does not. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const alive = setInterval(() => {}, 60_000)
    signal.addEventListener('abort', () => {
      clearInterval(alive)
      resolve()
    })
  })
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController()
  const stop = () => {
    if (interrupted.signal.aborted) process.exit(EXIT_FAILED)
    interrupted.abort()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  return interrupted.signal
}

/** Runs a command to its end. A fault ends it with its message, without a stack; what was interrupted says nothing more. */
export async function runCommand(command: (signal: AbortSignal) => Promise<void>): Promise<void> {
  keepFilesPrivate()
  const signal = interruption()
  try {
    await command(signal)
    process.exit(0)
  } catch (error) {
    if (signal.aborted) process.exit(EXIT_INTERRUPTED)
    sayProgress(error instanceof Error ? error.message : String(error))
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED)
  }
}
