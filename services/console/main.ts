import { runProcess } from '../platform/run.ts'
import { ConsoleConfig } from './config.ts'
import { startConsole } from './console.ts'

await runProcess('console', ConsoleConfig, async run => {
  await startConsole(run)
})
