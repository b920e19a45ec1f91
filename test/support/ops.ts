/** Runs the operator's command line inside the test's own process. */

import { runOps } from '../../services/ops/run-ops.ts'
import type { Environment } from '../../services/platform/process/config.ts'

export interface OpsRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function ops(env: Environment, ...args: readonly string[]): Promise<OpsRun> {
  const said = { stdout: '', stderr: '' }
  const code = await runOps({
    args,
    env,
    operator: 'tester',
    machine: 'here',
    isInteractive: false,
    nowMs: Date.now,
    stdout: text => {
      said.stdout += text.toString()
    },
    stderr: text => {
      said.stderr += text
    },
    onSignal: () => undefined,
  })
  return { code, ...said }
}

/** The same, and what it printed as JSON. @throws what it said when it did not end well */
export async function opsJson(env: Environment, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await ops(env, '--json', ...args)
  if (code !== 0) throw new Error(`ops ${args.join(' ')} ended with ${code}: ${stderr}`)
  return JSON.parse(stdout)
}
