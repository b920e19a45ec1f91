/** The repository's own laws: what a reviewer would otherwise have to see. */
import { readdirSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Source } from '../services/sources/source.ts'
import { isCommand, saidCommands } from './support/ops-commands.ts'
import { exists, FILES, ROOT, TYPESCRIPT, textOf, WRITTEN } from './support/tidy-files.ts'
import { declaredVariables, shownVariables } from './support/tidy-variables.ts'

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
  readonly overrides: Readonly<Record<string, string>>
}
const manifest: Manifest = JSON.parse(textOf('package.json'))
const markdown = FILES.filter(path => path.endsWith('.md'))
/** Made at run time, or in a folder of the user's. */
const NOT_OF_THE_TREE = /^([.]local|dist)\//
/** This file names what it forbids. */
const SPOKEN = WRITTEN.filter(path => path !== 'test/tidy.test.ts')

/** Where a pattern stands, as `path:line`, so that a failure can be clicked. */
const places = (pattern: RegExp, paths: readonly string[], read = textOf): readonly string[] =>
  paths.flatMap(path =>
    read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  )

describe('the tree', () => {
  it('has at its top only what a newcomer expects there', () => {
    const FOLDERS = /^(services|schemas|infra|test)$/
    const ONE_FILE =
      /^([.].+|package(-lock)?[.]json|tsconfig[.]json|biome[.]json|vitest[.]config[.]ts|README[.]md|CHANGELOG[.]md|LICENSE)$/
    const top = [...new Set(FILES.map(path => path.split('/')[0] ?? ''))]
    const strange = top.filter(entry => !FOLDERS.test(entry) && !ONE_FILE.test(entry))
    expect(strange).toEqual([])
  })

  it.each(['README.md', 'LICENSE', 'CHANGELOG.md', '.env.example', '.nvmrc', 'services/DECISIONS.md'])(
    'has %s',
    path => {
      expect(exists(path)).toBe(true)
    },
  )

  it('keeps no room of a service with more than 20 files', () => {
    const rooms = Map.groupBy(
      TYPESCRIPT.filter(path => path.startsWith('services/')),
      path => dirname(path),
    )
    expect([...rooms].filter(([, files]) => files.length > 20).map(([room]) => room)).toEqual([])
  })

  it('names files and folders after their subject', () => {
    const EMPTY_WORDS = /(^|\/|-)(utils?|helpers?|common|misc|managers?)(?=[-./]|$)|(^|\/)index[.]ts$/
    expect(FILES.filter(path => EMPTY_WORDS.test(path))).toEqual([])
  })

  it('keeps each unit test where the module that it tests is', () => {
    const stray = FILES.flatMap(path => {
      const subject = /^test\/unit\/(.+)[.]test[.]ts$/.exec(path)?.[1]
      if (subject === undefined) return []
      return subjectsOf(subject).some(place => exists(`${place}.ts`) || exists(place)) ? [] : [path]
    })
    expect(stray).toEqual([])
  })
})

/** Where the module may be. `decide-model` is about `decide`: an aspect may follow the name. */
function subjectsOf(subject: string): readonly string[] {
  const words = subject.split('-')
  const names = words.map((_, index) => words.slice(0, index + 1).join('-'))
  return names
    .filter(name => name.split('/').length === subject.split('/').length)
    .flatMap(name => [`services/${name}`, `infra/${name.replace(/^infra\//, '')}`, `schemas/${name}`])
}

describe('what is written', () => {
  it('leaves nothing for later without saying where', () => {
    expect(places(/\b(TODO|FIXME|XXX)\b/, SPOKEN)).toEqual([])
  })

  it('names no path of the machine it was written on', () => {
    expect(places(/(^|[\s'"`(=:])\/(work|root|home|Users|tmp\/try)\//, SPOKEN)).toEqual([])
  })

  it.each(markdown)('links in %s to what is there', path => {
    const broken = [...textOf(path).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(match => match[1] ?? '')
      .filter(link => !/^[a-z]+:/.test(link))
      .filter(link => !leadsSomewhere(path, link))
    expect(broken).toEqual([])
  })

  it('names only scripts that package.json has', () => {
    const named = SPOKEN.flatMap(path =>
      [...textOf(path).matchAll(/\bnpm run ([a-z][a-z:-]*[a-z])/g)].map(match => match[1] ?? ''),
    )
    expect([...new Set(named)].filter(name => !Object.hasOwn(manifest.scripts, name))).toEqual([])
  })

  it('runs in scripts only programs that are there', () => {
    const programs = Object.values(manifest.scripts).flatMap(script => script.match(/[\w/-]+[.]ts\b/g) ?? [])
    expect(programs.length).toBeGreaterThan(5)
    expect(programs.filter(path => !exists(path))).toEqual([])
  })
})

function leadsSomewhere(from: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? from : normalize(join(dirname(from), decodeURIComponent(file)))
  if (!exists(target)) return false
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(textOf(target)).includes(anchor)
}

/** As GitHub makes them of headings. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )

/** Pages that lead newcomers, and the folder that their paths begin in besides the root. */
const GUIDES = [
  ['README.md', ''],
  ['services/README.md', 'services/'],
] as const

describe.each(GUIDES)('%s', (page, base) => {
  const text = textOf(page)
  const code = [...text.matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, quoted = '']) => quoted)
  const drawn = [...text.matchAll(/```mermaid\n(.*?)```/gs)].flatMap(([, picture = '']) =>
    [...picture.matchAll(/[\w.-]+\/[\w./-]+[.]ts/g)].map(([path]) => path),
  )

  it('names files and folders that are there', () => {
    const named = [...code.filter(quoted => /^[\w.-]+\/[\w./-]*$/.test(quoted)), ...drawn].filter(
      path => /[.](ts|js|md|ya?ml|json|avsc|sql|tsv|py)$/.test(path) || path.endsWith('/'),
    )
    expect(named.length).toBeGreaterThan(3)
    const places = ['', base, `${base}platform/`, `${base}pulsifi-sink/`]
    const isThere = (path: string) => places.some(place => exists(`${place}${path}`.replace(/\/$/, '')))
    expect(named.filter(path => !NOT_OF_THE_TREE.test(path) && !isThere(path))).toEqual([])
  })

  it('names commands that there are', () => {
    const rows = [...text.matchAll(/^\| `([a-z-]+)( [^`]*)?` \|/gm)].flatMap(([, group = '', rest = '']) => {
      const verbs = rest.trim().split(/\\?[|]/)
      return verbs.map(verb => [group, verb] as const)
    })
    const strange = [...(page === 'README.md' ? rows : []), ...saidCommands(text)].filter(
      ([group, verb]) => !isCommand(group, verb),
    )
    expect(strange).toEqual([])
  })
})

describe('topics', () => {
  const TOPIC =
    /['"`](ats[.](raw|canonical)|pulsifi[.](raw|inbox|job-binding|invitation|reference|result|score)\b|[a-z-]+[.](dead-letter|redrive)\b)/
  const withoutComments = (path: string) =>
    textOf(path).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, comment => comment.replace(/[^\n]/g, ''))
  const modules = TYPESCRIPT.filter(path => path.startsWith('services/'))

  it('are spelled in one module', () => {
    const spelling = modules.filter(path => places(TOPIC, [path], withoutComments).length > 0)
    expect(spelling).toEqual(['services/core/topics.ts'])
  })
})

describe('configuration', () => {
  it('is shown in .env.example: every variable, none that nobody reads', async () => {
    const shown = shownVariables(textOf('.env.example'))
    const declared = await declaredVariables()
    expect([...shown.keys()].sort()).toEqual([...declared.keys()].sort())
  })

  it('is shown there with the defaults of the schemas', async () => {
    const shown = shownVariables(textOf('.env.example'))
    const wrong = [...(await declaredVariables())].flatMap(([name, value]) =>
      value === null || shown.get(name) === value ? [] : [`${name} is ${shown.get(name)}, not ${value}`],
    )
    expect(wrong).toEqual([])
  })
})

describe('sources', () => {
  const folders = readdirSync(join(ROOT, 'services/sources'), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)

  it.each(folders)('%s has a fixture for every kind that it consumes', async folder => {
    const module: { default: Source } = await import(join(ROOT, 'services/sources', folder, 'source.ts'))
    const seen = FILES.filter(path => path.startsWith(`services/sources/${folder}/fixtures/`)).flatMap(
      kindsOfFixture,
    )
    const consumed = Object.entries(module.default.kinds).flatMap(([kind, map]) =>
      map === null ? [] : [kind],
    )
    expect(consumed.filter(kind => !seen.includes(kind))).toEqual([])
  })
})

function kindsOfFixture(path: string): readonly string[] {
  const { split }: { split?: unknown } = JSON.parse(textOf(path))
  return Array.isArray(split) ? split.map(event => String(event.kind)) : []
}

describe('decisions', () => {
  const text = textOf('services/DECISIONS.md')
  const sections = text.split(/^## /m).slice(1)
  const decisions = sections.filter(section => /^\d{4} /.test(section))
  const numbers = decisions.map(section => section.slice(0, 4))

  // Numbers are given out before decisions are written, so one may be missing for a while; none is given twice.
  it('are numbered in their order, each once', () => {
    expect(numbers).toEqual([...new Set(numbers)].sort())
  })

  it.each(decisions.map(section => section.split('\n')))('%s: is short enough to be read', (...lines) => {
    expect(lines.filter(line => line.trim() !== '').length).toBeLessThanOrEqual(13)
  })

  it('are listed at the top, in their order', () => {
    const listed = [...text.matchAll(/^\* \[(\d{4}) /gm)].map(([, number]) => number)
    expect(listed).toEqual(numbers)
  })

  it('are there when they are cited', () => {
    const cited = SPOKEN.flatMap(path => [...textOf(path).matchAll(/\bdecisions? (\d{4})\b/gi)])
    expect(cited.map(match => match[1]).filter(number => !numbers.includes(number ?? ''))).toEqual([])
  })

  it('name every runtime dependency, and none that is gone', () => {
    const rows = [...textOf('services/DEPENDENCIES.md').matchAll(/^\| `([^`]+)` \|/gm)].map(match => match[1])
    expect(rows.sort()).toEqual(Object.keys(manifest.dependencies).sort())
  })
})

describe('pure code', () => {
  interface Override {
    readonly includes: readonly string[]
    readonly linter: { readonly rules: { readonly style?: { readonly noRestrictedGlobals?: unknown } } }
  }
  const { overrides }: { overrides: readonly Override[] } = JSON.parse(textOf('biome.json'))
  const globs = overrides.find(({ linter }) => linter.rules.style?.noRestrictedGlobals)?.includes ?? []
  const named = globs.flatMap(glob => {
    const [, before = '', names = '', after = ''] = /^([^{]*)[{]([^}]*)[}](.*)$/.exec(glob) ?? [
      null,
      glob,
      '',
    ]
    return names.split(',').map(name => `${before}${name}${after}`.replace(/\/[*][*]$/, ''))
  })

  it('is named where it is', () => {
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter(path => !exists(path))).toEqual([])
  })
})

describe('dependencies', () => {
  it('have exact versions', () => {
    const versions = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides }
    const loose = Object.entries(versions).filter(
      ([, version]) => !/^(npm:[\w@/-]+@)?\d+[.]\d+[.]\d+(-[\w.]+)?$/.test(version),
    )
    expect(loose).toEqual([])
  })

  it('are used, each of them', () => {
    const used = FILES.filter(path => /^(services|schemas|infra)\/.*[.](ts|js|html)$/.test(path)).map(textOf)
    const isUsed = (name: string) => used.some(text => new RegExp(`['"]${name}(/[^'"]*)?['"]`).test(text))
    // The runtime itself is started, not imported.
    expect(Object.keys(manifest.dependencies).filter(name => name !== 'node' && !isUsed(name))).toEqual([])
  })
})
