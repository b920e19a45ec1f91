/**
 * Loaded before the sink (`--import`) when a run wants it to die at a named point. It listens where libraries speak
 * anyway, so that the product has no switch for it. `CHAOS_KILL=<point>:<n>`: at the n-th time.
 */
import diagnosticsChannel from 'node:diagnostics_channel'
import Module from 'node:module'

const [point = '', nth = '1'] = (process.env.CHAOS_KILL ?? '').split(':')
let times = 0

function reach(name: string): void {
  if (name !== point) return
  times++
  if (times === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

const isCreation = (message: unknown): boolean => {
  const request =
    typeof message === 'object' && message !== null ? Reflect.get(message, 'request') : undefined
  const { method, path } = (request ?? {}) as { method?: string; path?: string }
  return method === 'POST' && String(path).endsWith('/standard/candidates')
}

const CHANNELS: Readonly<Record<string, string>> = {
  'undici:request:create': 'after-intent',
  'undici:client:sendHeaders': 'while-sending',
  'undici:request:bodySent': 'after-request',
  'undici:request:headers': 'after-reply',
}
for (const [channel, name] of Object.entries(CHANNELS)) {
  diagnosticsChannel.subscribe(channel, message => {
    if (isCreation(message)) reach(name)
  })
}

/**
 * The moment before kafkajs commits a transaction: before an intent, or an outcome, is there for others. Wrapped when it is
 * loaded and not before: the product exchanges modules of kafkajs, which must not be there by then.
 */
interface Transactions {
  commit: () => Promise<void>
}
// Cast: the loader is there, and its types do not say so.
const loader = Module as unknown as { _load: (request: string, ...rest: readonly unknown[]) => unknown }
const load = loader._load
const TRANSACTIONS = /kafkajs.src.producer.eosManager(?:.index[.]js)?$/
let isWrapped = false
loader._load = (request, ...rest) => {
  const loaded = load(request, ...rest)
  if (isWrapped || !TRANSACTIONS.test(request)) return loaded
  isWrapped = true
  // Cast: what kafkajs 2.2.4 exports there.
  const create = loaded as (options: unknown) => Transactions
  return (options: unknown) => {
    const transactions = create(options)
    const { commit } = transactions
    transactions.commit = () => {
      reach('before-commit')
      return commit()
    }
    return transactions
  }
}
