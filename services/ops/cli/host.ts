/** The operating system as a command line sees it. */
import { hostname, userInfo } from 'node:os'
import { createInterface } from 'node:readline'
import type { Environment } from '../../platform/process/config.ts'

export interface CommandLineHost {
  readonly args: readonly string[]
  readonly env: Environment
  /** Who gives the command, by the system's name. */
  readonly operator: string
  /** Name of the machine. */
  readonly machine: string
  /** Whether a person watches standard error. */
  readonly isInteractive: boolean
  /** Asks the person at the terminal for a line; whoever leaves by Ctrl-C or Ctrl-D says nothing. Null: nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | null
  readonly nowMs: () => number
  readonly stdout: (text: string | Uint8Array) => void
  readonly stderr: (text: string) => void
  /** Calls back at the first SIGINT or SIGTERM; a second one ends at once. */
  readonly onSignal: (listener: () => void) => void
  /** Ends the process as soon as everything that was printed has been taken. */
  readonly exit: (code: number) => void
}

const EXIT_INTERRUPTED = 130

export function commandLineHost(): CommandLineHost {
  // The reader of a pipe may have seen enough (`| head`).
  process.stdout.on('error', error => process.exit(Reflect.get(error, 'code') === 'EPIPE' ? 0 : 1))
  return {
    args: process.argv.slice(2),
    env: process.env,
    operator: userInfo().username,
    machine: hostname(),
    isInteractive: process.stderr.isTTY === true,
    ask: process.stdin.isTTY === true && process.stderr.isTTY === true ? askAtTerminal : null,
    nowMs: Date.now,
    stdout: text => void process.stdout.write(text),
    stderr: text => void process.stderr.write(text),
    onSignal(listener) {
      let count = 0
      const stop = () => {
        count += 1
        if (count > 1) process.exit(EXIT_INTERRUPTED)
        listener()
      }
      process.on('SIGINT', stop)
      process.on('SIGTERM', stop)
    },
    exit: code => void process.stdout.write('', () => process.exit(code)),
  }
}

/** On standard error: standard output may go elsewhere. */
function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  return new Promise<string>(resolve => {
    terminal.once('SIGINT', () => terminal.close())
    terminal.once('close', () => resolve(''))
    terminal.question(question, resolve)
  }).finally(() => terminal.close())
}
