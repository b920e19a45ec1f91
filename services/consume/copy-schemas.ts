/** Part of `npm pack`: the schemas that the emitted consumer reads. */
import { cpSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
cpSync(new URL('schemas/', root), new URL('dist/schemas/', root), {
  recursive: true,
  filter: source => !/\.ts$|\/history(\/|$)|\.(md|json)$/.test(source),
})
