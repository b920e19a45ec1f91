/** Part of `npm pack`: the files that the emitted consumer and the emitted command line read. */
import { cpSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const copy = (path: string, isWanted: (source: string) => boolean = () => true) =>
  cpSync(new URL(path, root), new URL(`dist/${path}`, root), { recursive: true, filter: isWanted })

copy('schemas/', source => !/\.ts$|\/history(\/|$)|\.(md|json)$/.test(source))
copy('infra/topics.yaml')
