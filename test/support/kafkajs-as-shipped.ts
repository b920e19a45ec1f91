import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** A module of kafkajs's own, whatever the platform has put in its place; what is in its place stays there. */
export function kafkajsAsShipped<Exports>(module: string): Exports {
  const path = require.resolve(module)
  const replaced = require.cache[path]
  delete require.cache[path]
  const shipped: Exports = require(path)
  if (replaced === undefined) delete require.cache[path]
  else require.cache[path] = replaced
  return shipped
}
