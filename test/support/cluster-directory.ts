/** Vitest global setup: where the shared cluster of a run keeps its data, and its end. `cluster.ts` starts it. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { leftoverOf } from '../../infra/local/leftover.ts'
import { eventually } from './partition-eventually.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    clusterDirectory: string
  }
}

export function setup(project: TestProject): () => Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-cluster-'))
  project.provide('clusterDirectory', directory)
  return async () => {
    // The nodes belong to the worker that started them, and end soon after it.
    await eventually('the nodes of the cluster to end', () => haveEnded(directory), 60_000)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function haveEnded(directory: string): Promise<boolean> {
  const run = join(directory, 'run')
  const files = readdirSync(directory).includes('run') ? readdirSync(run) : []
  const states = await Promise.all(files.map(file => leftoverOf(join(run, file), directory)))
  return states.every(state => state === 'none')
}
