import { runProcess } from '../platform/process/run.ts'
import { ConsoleConfig } from './config.ts'
import { startConsole } from './console.ts'

await runProcess('console', ConsoleConfig, async run => {
  await startConsole(run)
})
