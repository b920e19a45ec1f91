import { RateLimiter } from 'limiter'
import type { Logger } from 'pino'
import { type Callbacks, createCallbacks } from './callbacks.ts'
import { type Calls, createCalls } from './calls.ts'
import type { SandboxOptions } from './config.ts'
import { type ArmedRule, arm, type Call, type FaultRule, strike } from './faults.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'
import { openStore, type Store } from './store.ts'
import { createTokens, type Tokens } from './tokens.ts'

/** Everything that the routes share. */
export type Sandbox = {
  readonly options: SandboxOptions
  readonly log: Logger
  readonly store: Store
  readonly tokens: Tokens
  readonly calls: Calls
  readonly faults: Faults
  readonly callbacks: Callbacks
  readonly lifecycle: Lifecycle
  /** False when this second's requests are used up. */
  readonly isWithinRate: () => boolean
  /** Start of every link in a reply, without a slash at its end. */
  baseUrl(): string
  /** Called once the port is known. */
  setBaseUrl(url: string): void
}

export type Faults = {
  list(): readonly ArmedRule[]
  add(rules: readonly FaultRule[]): void
  /** Takes back the rules that this is true of. */
  remove(isMeant: (armed: ArmedRule) => boolean): void
  clear(): void
  /** The rules that strike this call; counts it. */
  strike(call: Call): readonly FaultRule[]
}

function createFaults(): Faults {
  let armed: readonly ArmedRule[] = []
  return {
    list: () => armed,
    add(rules) {
      armed = [...armed, ...arm(rules)]
    },
    remove(isMeant) {
      armed = armed.filter(entry => !isMeant(entry))
    },
    clear() {
      armed = []
    },
    strike(call) {
      const struck = strike(armed, call)
      armed = struck.armed
      return struck.strikes
    },
  }
}

/** The parts, put together, with what the journal remembers. Nothing moves before `lifecycle.resume()`. */
export async function createSandbox(options: SandboxOptions, log: Logger): Promise<Sandbox> {
  let base = (options.publicUrl ?? '').replace(/\/+$/, '')
  const baseUrl = () => base
  const store = await openStore(options.dataDir)
  const faults = createFaults()
  const callbacks = createCallbacks({ store, options, log, baseUrl, strike: faults.strike })
  return {
    options,
    log,
    store,
    tokens: createTokens(options),
    calls: createCalls(),
    faults,
    callbacks,
    lifecycle: createLifecycle({ store, callbacks, options, log }),
    isWithinRate: rateLimit(options.ratePerSecond),
    baseUrl,
    setBaseUrl(url) {
      if (options.publicUrl === undefined) base = url
    },
  }
}

function rateLimit(perSecond: number): () => boolean {
  if (perSecond === 0) return () => true
  const limiter = new RateLimiter({ tokensPerInterval: perSecond, interval: 'second' })
  return () => limiter.tryRemoveTokens(1)
}
