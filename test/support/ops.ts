/** Runs the operator's command line inside the test's own process. */

import { runOps } from '../../services/ops/run-ops.ts'
import type { Environment } from '../../services/platform/process/config.ts'
import { checkSpelling } from './json-spelling.ts'

export interface OpsRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const ops = (env: Environment, ...args: readonly string[]): Promise<OpsRun> =>
  opsAsking(null, env, ...args)

/** The same at a terminal, where somebody answers. */
export async function opsAsking(
  ask: ((question: string) => Promise<string>) | null,
  env: Environment,
  ...args: readonly string[]
): Promise<OpsRun> {
  const said = { stdout: '', stderr: '' }
  const code = await runOps({
    args,
    env,
    operator: 'tester',
    machine: 'here',
    isInteractive: false,
    ask,
    nowMs: Date.now,
    stdout: text => {
      said.stdout += text.toString()
    },
    stderr: text => {
      said.stderr += text
    },
    onSignal: () => undefined,
  })
  if (args.includes('--json') && code === 0) checkSpelling(said.stdout)
  return { code, ...said }
}

/** The same, and what it printed as JSON. @throws what it said when it did not end well */
export async function opsJson(env: Environment, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await ops(env, '--json', ...args)
  if (code !== 0) throw new Error(`ops ${args.join(' ')} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}
