import { keepFilesPrivate } from '../../services/platform/process/durable-files.ts'
import { help, loadOptions } from './config.ts'
import { startSandbox } from './server.ts'

async function main(): Promise<void> {
  if (process.argv.some(argument => argument === '--help' || argument === '-h')) {
    process.stdout.write(help())
    return
  }
  const [strange] = process.argv.slice(2)
  if (strange !== undefined) {
    process.stderr.write(`"${strange}" is not understood: variables configure it, --help shows them\n`)
    process.exitCode = 2
    return
  }
  const loaded = loadOptions(process.env)
  if (loaded.type === 'faults') {
    process.stderr.write(
      `configuration cannot be used:\n${loaded.faults.map(fault => `  ${fault}\n`).join('')}`,
    )
    process.exitCode = 78
    return
  }
  const sandbox = await startSandbox(loaded.options).catch((reason: unknown) => {
    process.stderr.write(`cannot start: ${reason instanceof Error ? reason.message : String(reason)}\n`)
    process.exitCode = 1
  })
  if (sandbox === undefined) return
  process.stdout.write(`ready ${sandbox.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)))
  }
}

keepFilesPrivate()
await main()
