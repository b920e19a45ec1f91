/**
 * Part of `npm pack`: what the emitted consumer needs beside itself. Two libraries go along as copies of its own, because
 * it mends them while they load: the host may have loaded its own by then, and shall keep them as they are.
 */
import { cpSync } from 'node:fs'
import manifest from './package.json' with { type: 'json' }

const root = new URL('../../', import.meta.url)
const here = new URL('./', import.meta.url)

cpSync(new URL('schemas/', root), new URL('dist/schemas/', here), {
  recursive: true,
  filter: source => !/\.ts$|\/history(\/|$)|\.(md|json)$/.test(source),
})
cpSync(new URL('LICENSE', root), new URL('dist/LICENSE', here))
for (const name of manifest.bundleDependencies)
  cpSync(new URL(`node_modules/${name}/`, root), new URL(`node_modules/${name}/`, here), { recursive: true })
