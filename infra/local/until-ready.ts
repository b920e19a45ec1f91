import { type Child, lastLines } from './child.ts'
import { waitUntil } from './ports.ts'

export interface Readiness {
  readonly name: string
  readonly logFile: string
  readonly isReady: () => Promise<boolean>
  readonly deadlineMs: number
}

/** A child that is not ready in time is killed. @throws Error with the end of its log when it has ended by itself. */
export async function untilReady(child: Child, readiness: Readiness): Promise<void> {
  const { name, logFile, isReady, deadlineMs } = readiness
  const hasFailed = () => (child.hasExited() ? lastLines(logFile, 5) || `see ${logFile}` : null)
  try {
    await waitUntil(name, isReady, { deadlineMs, hasFailed })
  } catch (error) {
    await child.kill()
    throw error
  }
}
