/** What is installed where this runs: under which licences, with which scripts, and nothing of development. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

const root = new URL('../../', import.meta.url)

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      license: z.string().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
  ),
})
const lock = Lock.parse(JSON.parse(readFileSync(new URL('package-lock.json', root), 'utf8')))
const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? ''
/** Without those of development: what `npm ci --omit=dev` puts into the image. */
const installed = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { license, version, hasInstallScript }]) => ({
    ...{ name: nameOf(path), path, version, hasInstallScript: hasInstallScript === true },
    license: license ?? null,
  }))

/** They ask for no more than that their text goes along. */
const LICENCES = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']
/** Whose `package.json` names none: read from the file LICENSE in the package. */
const READ_BY_HAND: Readonly<Record<string, string>> = { '@kafkajs/confluent-schema-registry': 'MIT' }

/** Programs that run while packages are installed, and what each was seen to do. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  lmdb: 'takes the binary built for this platform, or builds it',
  'msgpackr-extract': 'the same',
  node: 'takes the binary of Node from the package of this platform',
  protobufjs: 'warns of an unsuitable version of itself',
}

describe('what is installed beside the product', () => {
  it('is under licences that ask for nothing but their text', () => {
    const strange = installed.filter(
      ({ name, license }) => !LICENCES.includes(license ?? READ_BY_HAND[name] ?? 'none'),
    )
    expect(strange).toEqual([])
  })

  it('was read by hand only where the package names no licence', () => {
    const unnamed = installed.filter(({ license }) => license === null).map(({ name }) => name)
    expect(unnamed.toSorted()).toEqual(Object.keys(READ_BY_HAND).toSorted())
  })

  it('runs no program while it is installed but those that somebody has looked at', () => {
    const running = installed.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name)
    expect(running.toSorted()).toEqual(Object.keys(INSTALL_SCRIPTS).toSorted())
  })

  it('has nothing of development in it', () => {
    const names = installed.map(({ name }) => name)
    for (const name of ['testcontainers', 'ssh2', 'dockerode', '@scarf/scarf', 'vitest', 'typescript'])
      expect(names).not.toContain(name)
    const dockerfile = readFileSync(new URL('infra/Dockerfile', root), 'utf8')
    expect(dockerfile).toMatch(/npm ci --omit=dev/)
    expect(dockerfile).toMatch(/^FROM \$\{BASE_IMAGE\} AS build$/m)
    const [, , shipped = ''] = dockerfile.split(/^FROM .*$/m)
    expect(shipped).not.toMatch(/^RUN /m)
    expect(shipped.match(/^COPY (?!--from=build ).*$/gm)).toBeNull()
  })
})

describe('what is known of dependencies', () => {
  const script = readFileSync(new URL('.ci/run', root), 'utf8')
  const audit = /^audit\(\) \{\n[\s\S]*?\n\}$/m.exec(script)?.[0] ?? ''
  const finding = { severity: 'high', range: '<2.0.0', fixAvailable: true }
  const reportOf = (vulnerabilities: object) => JSON.stringify({ auditReportVersion: 2, vulnerabilities })

  it.each([
    ['and it is grave, a release', reportOf({ 'a-package': finding }), 'true', true],
    ['and it is grave, no change', reportOf({ 'a-package': finding }), '', false],
    ['nothing at all, no release', reportOf({}), 'true', false],
    ['to nobody that answers, a release', '{"message":"no route"}', 'true', true],
    ['to nobody that answers, no change', '{"message":"no route"}', '', false],
  ])('holds up, where it is %s', { timeout: 60_000 }, (_what, report, release, isHeld) => {
    const npm = `npm() { printf '%s' "$REPORT"; return 1; }; timeout() { shift; "$@"; }`
    const { status } = spawnSync('bash', ['-c', `set -euo pipefail\n${npm}\n${audit}\naudit || exit 3`], {
      cwd: fileURLToPath(root),
      env: { PATH: process.env.PATH, REPORT: report, RELEASE: release },
    })
    expect(status).toBe(isHeld ? 3 : 0)
  })

  it('is asked whenever everything is tried', () => {
    expect(script).toMatch(/^ {2}audit \|\| broken=1$/m)
  })
})

describe('what the consumer package asks for', () => {
  const manifestOf = (path: string) =>
    z
      .looseObject({ version: z.string(), dependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(new URL(path, root), 'utf8')))
  const [own, whole] = ['services/consume/package.json', 'package.json'].map(manifestOf)

  it('is what the project is tried with, and has its version', () => {
    expect(Object.keys(own?.dependencies ?? {})).toHaveLength(3)
    expect(whole).toMatchObject({ version: own?.version, dependencies: own?.dependencies })
  })

  it('in Python is what the tests install, and has its version', () => {
    const python = readFileSync(new URL('services/consume/python/pyproject.toml', root), 'utf8')
    expect(/^version = "(.+)"$/m.exec(python)?.[1]).toBe(own?.version)
    const [, list = ''] = /^dependencies = \[(.+)\]$/m.exec(python) ?? []
    const names = [...list.matchAll(/"([\w-]+)>=/g)].map(([, name]) => name)
    const tried = readFileSync(new URL('infra/extended/run.ts', root), 'utf8')
    expect(names).toEqual(['confluent-kafka', 'fastavro'])
    for (const name of names) expect(tried).toContain(`['${name}', '`)
  })
})
