/** The connectors of the worker: whether they run, why one does not, and starting it again. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'

const FILES = ['jobs.json', 'applications.json', 'statuses.json', 'scores.json'].map(name =>
  fileURLToPath(new URL(name, import.meta.url)),
)
const REQUEST_TIMEOUT_MS = 5_000
const CAUSE_CHARACTERS_MAX = 300

export interface Connector {
  readonly name: string
  readonly file: string
}

export const CONNECTORS: readonly Connector[] = FILES.map(file => ({
  name: z.object({ name: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8'))).name,
  file,
}))

const State = z.object({ state: z.string(), trace: z.string().optional() })
const Status = z.object({ connector: State, tasks: z.array(State) })
export type ConnectorStatus = z.output<typeof Status>

/** `failed`: it has stopped, and does not start by itself again. */
export type Verdict =
  | { readonly state: 'running' | 'starting' }
  | { readonly state: 'failed'; readonly cause: string }

export function verdictOf({ connector, tasks }: ConnectorStatus): Verdict {
  const all = [connector, ...tasks]
  const failed = all.find(({ state }) => state === 'FAILED')
  if (failed !== undefined) return { state: 'failed', cause: causeOf(failed.trace ?? '') }
  const isRunning = tasks.length > 0 && all.every(({ state }) => state === 'RUNNING')
  return { state: isRunning ? 'running' : 'starting' }
}

/** The innermost cause of a Java trace, in one line. */
export function causeOf(trace: string): string {
  const lines = trace.split('\n')
  const innermost = lines.findLast(line => line.startsWith('Caused by: ')) ?? lines[0] ?? ''
  return innermost.replace('Caused by: ', '').slice(0, CAUSE_CHARACTERS_MAX)
}

/** `starting` as long as the worker does not know it or does not answer. */
export async function askFor({ name }: Connector, workerUrl: string): Promise<Verdict> {
  try {
    const response = await fetch(`${workerUrl}/connectors/${name}/status`, {
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    const body: unknown = await response.json()
    return response.ok ? verdictOf(Status.parse(body)) : { state: 'starting' }
  } catch {
    return { state: 'starting' }
  }
}

/** Starts what of it has failed. It goes on after the last offset of its group. */
export async function restart({ name }: Connector, workerUrl: string): Promise<void> {
  const url = `${workerUrl}/connectors/${name}/restart?includeTasks=true&onlyFailed=true`
  const response = await fetch(url, { method: 'POST', signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) })
  await response.arrayBuffer()
}
