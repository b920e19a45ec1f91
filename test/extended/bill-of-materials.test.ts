/** The bill of materials that CI makes names everything that is installed where this runs, and says what is not. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'

const root = new URL('../../', import.meta.url)
const Sbom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ 'bom-ref': z.string(), scope: z.enum(['required', 'optional']) })),
})

it('lists every package, and as required all but those of development', () => {
  const lock: { packages: Record<string, { version?: string; dev?: true; optional?: true }> } = JSON.parse(
    readFileSync(new URL('package-lock.json', root), 'utf8'),
  )
  const [, args = ''] = /npm (sbom .*?) >/.exec(readFileSync(new URL('.ci/run', root), 'utf8')) ?? []
  const text = execFileSync('npm', args.split(' '), { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  const required = new Set(
    Sbom.parse(JSON.parse(text))
      .components.filter(({ scope }) => scope === 'required')
      .map(part => part['bom-ref']),
  )
  const missing = Object.entries(lock.packages).filter(
    ([path, { version, dev, optional }]) =>
      path !== '' && !dev && !optional && !required.has(`${path.split('node_modules/').at(-1)}@${version}`),
  )
  expect(missing).toEqual([])
  expect([...required].filter(ref => /^(testcontainers|ssh2|vitest)@/.test(ref))).toEqual([])
}, 240_000)
