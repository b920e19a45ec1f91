/** infra/asvs.md names tests and documents that are there, and judges every section of the standard once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_MIN_VERSION } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { NODE_FLAGS } from '../../infra/node-flags.ts'

const ROOT = new URL('../../', import.meta.url).pathname
const text = readFileSync(join(ROOT, 'infra/asvs.md'), 'utf8')
/** How many requirements of levels 1 and 2 each section of version 5.0.0 has, by chapter. */
const REQUIREMENTS = [
  [2, 9, 11, 3, 2],
  [3, 3, 4, 1],
  [0, 2, 4, 6, 5, 0, 2],
  [3, 1, 2, 4],
  [1, 3, 2, 3],
  [3, 12, 4, 4, 5, 3, 0, 4],
  [3, 4, 2, 5, 2, 2],
  [2, 3, 1, 1],
  [3, 4],
  [2, 2, 4, 11, 5, 2, 3],
  [2, 3, 3, 4, 1, 1, 0],
  [3, 2, 4],
  [1, 5, 2, 5],
  [2, 4, 3],
  [3, 3, 7, 0],
  [1, 5, 4, 3, 3],
]

const rows = text
  .split('\n')
  .filter(line => /^\| \d/.test(line))
  .map(line => {
    const [ids = '', , state = '', shown = ''] = line.split(' | ').map(cell => cell.replace(/^\| | \|$/g, ''))
    return { ids: ids.split(', '), state, shown }
  })
const ids = rows.flatMap(row => row.ids)
const passed = rows.filter(({ state }) => state === 'pass')
const proofs = passed.flatMap(({ ids: [id], shown }) => {
  const parts = shown.split(' · ').map(part => /^`([^`]+)` (.+)$/.exec(part))
  return parts.map(part => [id ?? '', part?.[1] ?? '', part?.[2] ?? ''] as const)
})

describe('the table of ASVS', () => {
  it('judges each requirement once, by one of three words', () => {
    expect(ids.length).toBeGreaterThan(200)
    expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
    expect(rows.filter(({ state }) => !['pass', 'fail', 'not ours'].includes(state))).toEqual([])
    expect(rows.filter(({ shown }) => shown.trim().length < 3)).toEqual([])
  })

  it('leaves out no section, and no requirement of one that it does not set aside as a whole', () => {
    const sections = REQUIREMENTS.flatMap((counts, chapter) =>
      counts.map((_, section) => `${chapter + 1}.${section + 1}`),
    )
    const judged = new Map(
      sections.map(section => [section, ids.filter(id => id === section || id.startsWith(`${section}.`))]),
    )
    expect([...new Set(ids.map(id => id.split('.').slice(0, 2).join('.')))].toSorted()).toEqual(
      sections.toSorted(),
    )
    const wrong = sections.filter((section, at) => {
      const those = judged.get(section) ?? []
      return those.includes(section) ? those.length !== 1 : those.length !== REQUIREMENTS.flat()[at]
    })
    expect(wrong).toEqual([])
  })

  it('counts what it says', () => {
    const counted = (state: string) =>
      rows.filter(row => row.state === state).flatMap(row => row.ids.filter(id => id.split('.').length === 3))
        .length
    expect(text).toContain(
      `${counted('pass')} pass, ${counted('fail')} fail, ${counted('not ours')} are not ours`,
    )
  })

  it.each(proofs)('%s: %s has "%s"', (_id, path, title) => {
    expect(existsSync(join(ROOT, path))).toBe(true)
    const content = readFileSync(join(ROOT, path), 'utf8')
    const isThere = path.endsWith('.md')
      ? content.split('\n').some(line => /^#+ /.test(line) && line.replace(/^#+ /, '') === title)
      : ["'", '"', '`'].some(quote => content.includes(`${quote}${title}${quote}`))
    expect(isThere).toBe(true)
  })
})

/** What runs in production, page of the console included. */
const sources = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.(ts|js|html)$/.test(name))
    .map(name => join(folder, name))
const having = (folder: string, pattern: RegExp) =>
  sources(folder).filter(path => pattern.test(readFileSync(join(ROOT, path), 'utf8')))

it('runs no text as a program but what it makes of its own schemas', () => {
  const runs = /\beval\(|\bnew Function\(|from 'node:vm'|\bset(?:Timeout|Interval)\(['"`]/
  expect(runs.test("setTimeout('go()')")).toBe(true)
  expect(having('services', runs)).toEqual(['services/platform/avro/writer.ts'])
})

it('shows text as text, and keeps nothing in a browser', () => {
  const shows = /\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc)\b/
  const keeps = /\b(?:localStorage|sessionStorage|indexedDB|document\.cookie|postMessage|serviceWorker)\b/
  expect(having('services/console/page', /textContent/)).not.toEqual([])
  expect([having('services/console/page', shows), having('services/console/page', keeps)]).toEqual([[], []])
})

it('speaks no TLS older than 1.2', () => {
  expect(['TLSv1.2', 'TLSv1.3']).toContain(DEFAULT_MIN_VERSION)
  expect(NODE_FLAGS.filter(flag => /tls|openssl|insecure/i.test(flag))).toEqual([])
  expect(having('services', /minVersion|rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED/)).toEqual([])
})
