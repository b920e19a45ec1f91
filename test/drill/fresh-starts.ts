/**
 * `npm start` on nothing: an empty folder, free ports, the stand-in for Pulsifi. All processes begin at once then, and none
 * of them may be ended by what another one has not done yet, even where its next start would hide that.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { portSettings, SANDBOX, stackProcesses } from '../../infra/stack-processes.ts'
import { waitUntil } from '../chaos/wait-until.ts'

export interface FreshStart {
  /** From the command to its line "ready"; null when that never came. */
  readonly seconds: number | null
  /** What was wrong, a line each. */
  readonly faults: readonly string[]
}

const START = fileURLToPath(new URL('../../infra/start.ts', import.meta.url))
const READY_MS = 300_000
/** As supervisor and infrastructure say that something ended by itself. */
const ENDED = /^.* (?:ended \(|could not be started \().*$/gm

/** Starts it once, and interrupts it as soon as it is ready. */
export async function startAfresh(onEvent: (line: string) => void): Promise<FreshStart> {
  const dataDir = mkdtempSync(join(tmpdir(), 'atsflow-fresh-'))
  const startedMs = performance.now()
  const child = spawn(process.execPath, [START], {
    env: environment(dataDir),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', data => (output.stdout += String(data)))
  child.stderr.on('data', data => (output.stderr += String(data)))
  const isReady = () => /^ready /m.test(output.stdout)
  try {
    await waitUntil('npm start to be ready', READY_MS, () => isReady() || hasEnded(child))
  } catch (error) {
    onEvent(String(error))
  }
  const wasReady = isReady()
  const seconds = wasReady ? (performance.now() - startedMs) / 1_000 : null
  const code = await interrupted(child)
  const faults = [
    ...[...output.stderr.matchAll(ENDED)].map(([line]) => line),
    ...(wasReady ? [] : [`it was never ready: ${output.stderr.trim().split('\n').at(-1)}`]),
    ...(wasReady && code !== 0 ? [`Ctrl-C ended it with ${code}`] : []),
  ]
  if (faults.length > 0) onEvent(`kept for a look: ${dataDir}`)
  else rmSync(dataDir, { recursive: true, force: true })
  return { seconds, faults }
}

/** Nothing of what is configured where the drill runs. */
function environment(dataDir: string): NodeJS.ProcessEnv {
  const { PATH, HOME, JAVA_HOME, DOCKER_HOST, INFRA } = process.env
  const variables = [...[SANDBOX, ...stackProcesses()].flatMap(portSettings).map(({ variable }) => variable)]
  const ports = [...variables, 'LOCAL_KAFKA_PORT', 'LOCAL_REGISTRY_PORT'].map(name => [name, '0'])
  return { PATH, HOME, JAVA_HOME, DOCKER_HOST, INFRA, LOCAL_DATA_DIR: dataDir, ...Object.fromEntries(ports) }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

async function interrupted(child: ChildProcess): Promise<number | null> {
  if (hasEnded(child)) return child.exitCode
  const ended = once(child, 'exit')
  child.kill('SIGINT')
  await ended
  return child.exitCode
}

/** Seconds of the starts that became ready; NaN when none did. */
export function figuresOf(starts: readonly FreshStart[]): {
  readonly median: number
  readonly worst: number
} {
  const sorted = starts.flatMap(({ seconds }) => seconds ?? []).toSorted((one, other) => one - other)
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return { median: (low + high) / 2, worst: sorted.at(-1) ?? NaN }
}
