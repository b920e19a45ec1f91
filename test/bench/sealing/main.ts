/**
 * What sealing payloads with a key of each person would cost (decision 0064): microseconds of CPU for one payload of 2 KB, by
 * step, without Kafka, by turns with deciding an event, so that the ratio holds on a busy machine, too. Nothing of the
 * product seals: this measures what it leaves out.
 *
 *     node test/bench/sealing/main.ts [--seconds 3] [--persons 200000]
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { open } from 'lmdb'
import { loadBuild } from '../deciding/build.ts'
import { USUAL } from '../deciding/made-webhooks.ts'

const { seconds, persons } = new Command('sealing')
  .description('What it costs to seal a payload with a key of its person.')
  .option('--seconds <n>', 'for each step', Number, 3)
  .option('--persons <n>', 'keys that there are', Number, 200_000)
  .parse()
  .opts<{ seconds: number; persons: number }>()

const PAYLOAD = randomBytes(2_048)
const MASTER = randomBytes(32)
const NONCE_BYTES = 12
const TAG_BYTES = 16
const nameOf = (person: number): string => `jobylon:default:${person}`
const anyone = (): string => nameOf(randomInt(persons))

function seal(key: Uint8Array, payload: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
}

function unseal(key: Uint8Array, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
}

/** From a secret of the installation and the random salt of a person, which is what would be destroyed. */
const derived = (salt: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', MASTER, salt, 'payload', 32))

const folder = mkdtempSync(join(tmpdir(), 'sealing-'))
const store = open<Buffer, string>({ path: folder, encoding: 'binary' })
const inMemory = new Map<string, Buffer>()
for (let person = 0; person < persons; person++) inMemory.set(nameOf(person), randomBytes(32))
await store.transaction(() => {
  for (const [name, key] of inMemory) void store.put(name, key)
})

/** So short that some window of all is disturbed by nothing else on the machine: the best one counts. */
const WINDOW = 50

function microsFor(step: () => unknown): number {
  const before = process.cpuUsage()
  for (let turn = 0; turn < WINDOW; turn++) step()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / WINDOW
}

const keyOf = (name: string): Buffer => {
  const key = store.get(name)
  if (key === undefined) throw new Error(`no key of ${name}`)
  return key
}
const one = randomBytes(32)
const sealed = seal(one, PAYLOAD)
if (!unseal(one, sealed).equals(PAYLOAD)) throw new Error('what was sealed does not come back')

/** The yardstick: what the normalizer decides, without Kafka. */
const build = await loadBuild(fileURLToPath(new URL('../../..', import.meta.url)))
const webhook = USUAL['idibu candidate, 2 KB']
if (webhook === undefined) throw new Error('there is no such webhook')
const events = Array.from({ length: 1_200 }, (_, number) => build.recordsOf(webhook(number), number)).flat()
let decided = 0
const decideOne = () => {
  const event = events[decided++ % events.length]
  if (event !== undefined) build.decide(event, { get: () => undefined, scan: () => [] })
}

const STEPS: Readonly<Record<string, () => unknown>> = {
  'a key, from a map in memory': () => inMemory.get(anyone()),
  'a key, from LMDB': () => keyOf(anyone()),
  'a key, derived from a salt in LMDB': () => derived(keyOf(anyone())),
  'sealing 2 KB': () => seal(one, PAYLOAD),
  'opening 2 KB': () => unseal(one, sealed),
  'ingress: key from LMDB, sealing': () => seal(keyOf(anyone()), PAYLOAD),
  'ingress: derived key, sealing': () => seal(derived(keyOf(anyone())), PAYLOAD),
  'normalizer: key from LMDB, opening': () => {
    keyOf(anyone())
    return unseal(one, sealed)
  },
  'deciding an event of 2 KB': decideOne,
}
try {
  const steps = Object.entries(STEPS)
  const best = new Map(steps.map(([name]) => [name, Number.POSITIVE_INFINITY]))
  for (const endMs = performance.now() + seconds * 1000 * steps.length; performance.now() < endMs; )
    for (const [name, step] of steps) best.set(name, Math.min(best.get(name) ?? 0, microsFor(step)))
  const whole = best.get('deciding an event of 2 KB') ?? 0
  for (const [name, micros] of best)
    console.log(`${name.padEnd(36)} ${micros.toFixed(1)} us, ${(micros / whole).toFixed(3)} of deciding`)
} finally {
  await store.close()
  rmSync(folder, { recursive: true })
}
