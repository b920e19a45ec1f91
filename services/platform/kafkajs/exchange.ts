/**
 * kafkajs 2.2.4, loaded here and nowhere else. Its modules capture each other while they load, so what replaces one is put
 * in its place before: by `reading.ts` for whoever reads, and by `kafkajs.ts` for all of it.
 */
import { createRequire } from 'node:module'
import type * as Kafkajs from 'kafkajs'

const require = createRequire(import.meta.url)

/** A module of kafkajs as it is. */
export const exportsOf = <Exports>(path: string): Exports => require(path)

/**
 * Exchanges what a module of kafkajs exports. Whoever has loaded it before keeps what it was.
 * @throws Error when it is loaded already: the exchange would come too late for somebody
 */
export function exchange<Exports>(path: string, replacement: (original: Exports) => Exports): void {
  const resolved = require.resolve(path)
  const loaded = () => require.cache[resolved]
  if (loaded() !== undefined)
    throw new Error(`kafkajs has loaded ${path} already: exchange it before what needs it`)
  const original: Exports = require(resolved)
  const found = loaded()
  if (found === undefined) throw new Error(`kafkajs keeps ${path} elsewhere: check its version`)
  found.exports = replacement(original)
}

/** The class of a module of kafkajs, whose methods can be exchanged at any time. */
export const prototypeOf = <Methods>(path: string): Methods =>
  exportsOf<{ prototype: Methods }>(path).prototype

const mends: (() => void)[] = []

/** For what can be exchanged at any time, but would load modules before they are exchanged. */
export const onceLoaded = (mend: () => void): void => void mends.push(mend)

/**
 * kafkajs with all that was exchanged until now: from then on, nothing that it has loaded can be. Its type is another one
 * for whoever has exchanged what it names.
 */
export function loadKafkajs<Module = typeof Kafkajs>(): Module {
  const kafkajs: Module = require('kafkajs')
  for (const mend of mends.splice(0)) mend()
  return kafkajs
}
