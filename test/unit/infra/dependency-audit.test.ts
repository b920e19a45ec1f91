import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const PROGRAM = fileURLToPath(new URL('../../../infra/dependency-audit.ts', import.meta.url))
const finding = (severity: string, fixAvailable: unknown = true) => ({
  ...{ name: 'a-package', severity, isDirect: true, via: [], effects: [], range: '<2.0.0', nodes: [] },
  fixAvailable,
})
const report = (vulnerabilities: object) =>
  JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} })

function run(input: string) {
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM], { input, encoding: 'utf8' })
  return { status, stdout }
}

it.each(['high', 'critical'])('holds up a release for what is %s, and says what mends it', severity => {
  const mended = { name: 'parent', version: '3.1.0', isSemVerMajor: false }
  expect(run(report({ 'a-package': finding(severity, mended), other: finding('low') }))).toEqual({
    status: 1,
    stdout: `Dependencies: this holds up a release.\n  a-package <2.0.0: ${severity}, mended by parent 3.1.0\n`,
  })
})

it('holds up none for less', () => {
  expect(run(report({})).status).toBe(0)
  const { status, stdout } = run(report({ 'a-package': finding('moderate') }))
  expect([status, stdout]).toEqual([0, expect.stringContaining('1 lesser findings')])
})

it.each([
  ['a registry that is not reached', JSON.stringify({ message: 'request to it failed', method: 'POST' })],
  ['a registry without that route', JSON.stringify({ error: { code: 'E404', summary: 'Not Found' } })],
  ['nothing at all', ''],
  ['a form that it does not know', JSON.stringify({ auditReportVersion: 3, vulnerabilities: {} })],
])('tells %s from a registry that knows of nothing', (_what, input) => {
  expect(run(input)).toEqual({ status: 75, stdout: expect.stringContaining('no registry has answered') })
})
