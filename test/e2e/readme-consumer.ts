/** Runs the consumer of README as a reader would: in a folder of its own, with nothing but the two packages. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const DEADLINE_MS = 40_000

function consumerFromReadme(): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code)
  const [consumer, ...others] = blocks.filter(code => code.includes('registry.decode'))
  if (consumer === undefined || others.length > 0) throw new Error('README shows one consumer')
  return consumer
}

/** Answers with what it printed, as soon as all that is wanted is in it or the deadline has passed. */
export async function runReadmeConsumer(wanted: readonly string[]): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-reader-'))
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  writeFileSync(join(directory, 'consumer.mjs'), consumerFromReadme())
  const env = {
    KAFKA_BROKERS: inject('kafkaBrokers'),
    SCHEMA_REGISTRY_URL: inject('registryUrl'),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
  }
  const child = spawn(process.execPath, ['consumer.mjs'], { cwd: directory, env })
  try {
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(resolve, DEADLINE_MS)
      const take = (chunk: Buffer) => {
        output += chunk.toString()
        if (wanted.every(text => output.includes(text))) resolve()
      }
      child.stdout.on('data', take)
      child.stderr.on('data', take)
      child.on('error', reject)
      child.on('close', () => resolve())
      child.on('close', () => clearTimeout(deadline))
    })
    return output
  } finally {
    child.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  }
}
