/**
 * SQL of strangers in a process of its own, over a copy of the file, without environment and with a limit of the
 * operating system on its memory: whatever a statement does to it, it does to itself.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Plain } from './plain-value.ts'
import { ANSWER_MIB_MAX, SELECT_SECONDS_MAX, type SelectAnswer } from './select-only.ts'
import { SelectRefused } from './select-refused.ts'

export interface SelectRequest {
  readonly path: string
  readonly sql: string
  readonly rowLimit: number
  /** Of the process, its answer included; at least `MEMORY_MIB_MIN`. */
  readonly memoryMib: number
}

/** Node and DuckDB take half of it before they do anything. */
const MEMORY_MIB_MIN = 256
/** What V8 and the stacks of threads reserve and do not use counts for the limit of the operating system. */
const RESERVED_MIB = 600
/** To start, to read the file and to print the answer, beside the time of the statement. */
const OVERHEAD_SECONDS = 10
/** The same file beside this one, whether it is run as it is or was emitted. */
const CHILD = fileURLToPath(new URL(import.meta.url.replace('select-process', 'select-child')))
/** `exec` leaves nobody between this process and the one that is ended; a shell that knows no such limit goes without. */
const LIMITED = 'ulimit -d "$1" 2>/dev/null; shift; exec "$@"'
const SHELL = '/bin/sh'
/** The image of ours has no shell; what it has instead Linux alone knows. */
const PRLIMIT = '/usr/bin/prlimit'

const Value: z.ZodType<Plain> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(Value)]),
)
const Reply = z.union([
  z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(Value)),
    is_truncated: z.boolean(),
  }),
  z.object({
    code: z.enum(['NOT_ONE_SELECT', 'SQL_REFUSED', 'TIME_OVER', 'TOO_LARGE']),
    message: z.string(),
  }),
])

type Command = readonly [file: string, args: readonly string[]]

/** `args` of Node's under a limit, by whatever this machine has for that. */
export function limited(mib: number, args: readonly string[], isThere = existsSync): Command {
  const kib = mib * 1024
  return isThere(SHELL)
    ? [SHELL, ['-c', LIMITED, 'select', String(kib), process.execPath, ...args]]
    : [PRLIMIT, [`--data=${kib * 1024}`, process.execPath, ...args]]
}

/**
 * @throws SelectRefused also when the process ended without an answer
 * @throws Error when there is no process to be had
 */
export async function selectInProcess(request: SelectRequest): Promise<SelectAnswer> {
  const memoryMib = Math.max(MEMORY_MIB_MIN, request.memoryMib)
  const [file, args] = limited(RESERVED_MIB + memoryMib, [CHILD])
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'ignore'],
    // No variable, and so no secret.
    env: {},
    cwd: dirname(request.path),
  })
  const late = setTimeout(() => child.kill('SIGKILL'), (SELECT_SECONDS_MAX + OVERHEAD_SECONDS) * 1000)
  // Nobody listening, that would end whoever asked.
  const unstarted = new Promise<never>((_, reject) => child.once('error', reject))
  // A process that has ended takes no request.
  child.stdin.on('error', () => {})
  child.stdin.end(JSON.stringify({ ...request, memoryMib }))
  try {
    const said = await Promise.race([unstarted, text(child.stdout)])
    const reply = Reply.safeParse(jsonOf(said))
    if (!reply.success) throw new SelectRefused('TOO_LARGE', NO_ANSWER)
    if ('code' in reply.data) throw new SelectRefused(reply.data.code, reply.data.message)
    return reply.data
  } finally {
    clearTimeout(late)
    child.kill('SIGKILL')
  }
}

const NO_ANSWER = `the statement ended its process: it took too much memory or time, or its answer more than ${ANSWER_MIB_MAX} MiB`

function jsonOf(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    return undefined
  }
}
