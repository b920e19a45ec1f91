/** The bill of materials that CI makes names everything that is installed where this runs. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'

const root = new URL('../../', import.meta.url)
const Sbom = z.object({
  bomFormat: z.literal('CycloneDX'),
  components: z.array(z.object({ 'bom-ref': z.string() })),
})

it('lists every package that is installed without those of development, and none of those', () => {
  const lock: { packages: Record<string, { version?: string; dev?: true; optional?: true }> } = JSON.parse(
    readFileSync(new URL('package-lock.json', root), 'utf8'),
  )
  const [, args = ''] = /npm (sbom .*?) >/.exec(readFileSync(new URL('.ci/run', root), 'utf8')) ?? []
  const text = execFileSync('npm', args.split(' '), { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
  const listed = new Set(Sbom.parse(JSON.parse(text)).components.map(part => part['bom-ref']))
  const missing = Object.entries(lock.packages).filter(
    ([path, { version, dev, optional }]) =>
      path !== '' && !dev && !optional && !listed.has(`${path.split('node_modules/').at(-1)}@${version}`),
  )
  expect(missing).toEqual([])
  expect([...listed].filter(ref => /^(testcontainers|ssh2|vitest)@/.test(ref))).toEqual([])
}, 240_000)
