/**
 * `npm run test:extended`: what needs more than Node, a JDK and Maven. Installs what is missing (Debian's Chromium,
 * PostgreSQL and Prometheus, Helm from its Go module, Python's packages of Avro, of an S3 server and of Kubernetes'
 * schemas), then runs the tests of test/extended, and after them those of test/alerts. A tool that cannot be had fails the run.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { noArguments } from '../local/arguments.ts'
import { findPostgres } from '../warehouse/postgres.ts'

noArguments(
  'npm run test:extended',
  'Installs what the extended tests need and this machine lacks, then runs them.',
)

const say = (line: string): void => void process.stderr.write(`${line}\n`)

function need(what: string, isThere: () => boolean, install: readonly (readonly string[])[]): void {
  if (isThere()) return
  say(`installing ${what}`)
  for (const [command = '', ...args] of install)
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (!isThere())
    throw new Error(`${what} is missing: install it with ${install.map(line => line.join(' ')).join(' && ')}`)
}

need('Chromium', () => existsSync('/usr/bin/chromium'), [
  ['apt-get', 'update', '-qq'],
  ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'],
])
need('PostgreSQL', () => findPostgres(process.env) !== null, [
  ['apt-get', 'update', '-qq'],
  ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'postgresql'],
])
const answers = (program: string): boolean =>
  spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
need('Prometheus', () => answers('prometheus') && answers('promtool'), [
  ['apt-get', 'update', '-qq'],
  ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'prometheus'],
])
/** Where Go puts what it builds. */
const HELM = join(homedir(), 'go', 'bin', 'helm')
const HELM_VERSION = 'v3.21.3'
/** Helm itself, built like this, does not know which version it is. */
const helmModule = (): string => spawnSync('go', ['version', '-m', HELM], { encoding: 'utf8' }).stdout ?? ''
need('Helm', () => helmModule().includes(`helm.sh/helm/v3\t${HELM_VERSION}\t`), [
  ['go', 'install', `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`],
])
/** Exactly these versions: another one may be there and behave otherwise. */
function needPython(
  what: string,
  packages: readonly (readonly [name: string, version: string, extra?: string])[],
): void {
  const pins = JSON.stringify(Object.fromEntries(packages.map(([name, version]) => [name, version])))
  const check = `import importlib.metadata as m; assert all(m.version(n) == v for n, v in ${pins}.items())`
  need(what, () => spawnSync('python3', ['-c', check], { stdio: 'ignore' }).status === 0, [
    [
      'python3',
      ...['-m', 'pip', 'install', '--quiet'],
      ...packages.map(([name, version, extra = '']) => `${name}${extra}==${version}`),
    ],
  ])
}
needPython('fastavro and confluent-kafka for Python', [
  ['fastavro', '1.13.1'],
  ['confluent-kafka', '2.16.1'],
])
needPython('mypy', [['mypy', '2.4.1']])
needPython('the API schemas of Kubernetes', [['kubernetes-validate', '1.37.0']])
needPython('a server that speaks S3', [['moto', '5.2.5', '[server]']])

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
/** Alerts by themselves: what others leave running would be felt there. */
const RUNS = [['extended', 'cluster'], ['alerts']]
const statuses = RUNS.map(projects => {
  const chosen = projects.flatMap(project => ['--project', project])
  return spawnSync(process.execPath, [vitest, 'run', ...chosen], { stdio: 'inherit' }).status ?? 1
})
process.exitCode = Math.max(...statuses)
