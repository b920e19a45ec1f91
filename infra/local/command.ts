/** What the commands of this folder share: one sentence for a fault that a person can mend, and an orderly end. */
import { ConfigError } from '../../services/platform/process/config.ts'
import { keepFilesPrivate } from '../../services/platform/process/durable-files.ts'
import { withoutUserInfo } from '../../services/platform/process/masked.ts'

const EXIT_CONFIG = 78
const EXIT_FAILED = 1

export const say = (line: string): void => void process.stdout.write(`${withoutUserInfo(line)}\n`)
export const sayProgress = (line: string): void => void process.stderr.write(`${withoutUserInfo(line)}\n`)

/** Resolves at the first SIGINT or SIGTERM; a second one ends at once. */
export function untilSignal(): Promise<void> {
  return new Promise(resolve => {
    let isStopping = false
    const stop = () => {
      if (isStopping) process.exit(EXIT_FAILED)
      isStopping = true
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}

/** Runs a command to its end. A fault ends it with its message, without a stack. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  keepFilesPrivate()
  try {
    await command()
    process.exit(0)
  } catch (error) {
    sayProgress(error instanceof Error ? error.message : String(error))
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : EXIT_FAILED)
  }
}
