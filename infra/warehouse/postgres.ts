/** A PostgreSQL of its own on loopback, for whoever wants to look before setting one up. */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError, type Environment } from '../../services/platform/process/config.ts'
import { type Account, type Child, startChild } from '../local/child.ts'
import { endLeftover } from '../local/leftover.ts'
import type { InfrastructurePart } from '../local/part.ts'
import { requireFreePort } from '../local/ports.ts'
import { untilReady } from '../local/until-ready.ts'

const execute = promisify(execFile)
const DEBIAN = '/usr/lib/postgresql'
const READY_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 20_000
export const POSTGRES_USER = 'atsflow'
export const POSTGRES_DATABASE = 'warehouse'

/** The folder of the server's programs, the newest of several; null when there is none. */
export function findPostgres(env: Environment, debian = DEBIAN): string | null {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...(env.PATH ?? '').split(delimiter),
    ...versions.map(version => join(debian, version, 'bin')),
  ]
  const isWhole = (folder: string) =>
    ['initdb', 'postgres', 'pg_isready'].every(name => existsSync(join(folder, name)))
  return folders.find(folder => folder !== '' && isWhole(folder)) ?? null
}

export interface PostgresOptions {
  /** Of `findPostgres`. */
  readonly programs: string
  readonly dataDir: string
  readonly port: number
  readonly password: string
}

export function createPostgres({ programs, dataDir, port, password }: PostgresOptions): InfrastructurePart {
  const own = join(dataDir, 'warehouse')
  const data = join(own, 'postgres')
  const logFile = join(dataDir, 'logs', 'postgres.log')
  const pidFile = join(dataDir, 'run', 'postgres.json')
  const program = (name: string) => join(programs, name)
  let running: Child | null = null

  async function start(): Promise<void> {
    await endLeftover(pidFile, data)
    await requireFreePort(port, 'WAREHOUSE_POSTGRES_PORT')
    mkdirSync(own, { recursive: true })
    const account = await serverAccount(own)
    if (!existsSync(data)) await initialize({ programs, own, data, password, account })
    const address = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-p', String(port)]
    const child = await startChild({
      name: 'PostgreSQL',
      command: program('postgres'),
      args: ['-D', data, ...address],
      env: SERVER_ENV,
      logFile,
      pidFile,
      ...(account && { account }),
    })
    running = child
    const isReady = () =>
      execute(program('pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).then(
        () => true,
        () => false,
      )
    await untilReady(child, { name: 'PostgreSQL', logFile, isReady, deadlineMs: READY_DEADLINE_MS })
  }

  return {
    get pid() {
      return running?.pid ?? null
    },
    start,
    async stop() {
      const child = running
      running = null
      if (child === null || child.hasExited()) return
      // Its own meaning: ends open sessions, where SIGTERM would wait for them.
      process.kill(child.pid, 'SIGINT')
      await child.stop(STOP_DEADLINE_MS)
    },
    async kill() {
      await running?.kill()
      running = null
    },
  }
}

/** The locale of messages and of sorting does not depend on who starts it. */
const SERVER_ENV: Environment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }

/** PostgreSQL refuses to run as root, so root lends it a lesser account, which then owns `folder`. */
async function serverAccount(folder: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null
  const idOf = async (option: string) => Number((await execute('id', [option, 'nobody'])).stdout)
  const account = { uid: await idOf('-u'), gid: await idOf('-g'), cwd: folder }
  chownSync(folder, account.uid, account.gid)
  // The account must come as far as its own folder; what lies beside it stays closed.
  chmodSync(dirname(folder), 0o711)
  return account
}

interface Initialization {
  readonly programs: string
  readonly own: string
  readonly data: string
  readonly password: string
  readonly account: Account | null
}

/** The data folder appears whole or not at all. */
async function initialize({ programs, own, data, password, account }: Initialization): Promise<void> {
  const [partial, passwordFile] = [`${data}.part`, join(own, 'password')]
  const options = { env: SERVER_ENV, cwd: own, ...account }
  rmSync(partial, { recursive: true, force: true })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account !== null) chownSync(passwordFile, account.uid, account.gid)
  const login = ['-U', POSTGRES_USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`]
  try {
    const layout = ['-D', partial, '--encoding=UTF8', '--locale=C']
    await execute(join(programs, 'initdb'), [...layout, ...login], options)
    const alone = execute(join(programs, 'postgres'), ['--single', '-D', partial, 'postgres'], options)
    alone.child.stdin?.end(`CREATE DATABASE ${POSTGRES_DATABASE};\n`)
    await alone
    renameSync(partial, data)
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    throw new ConfigError(`PostgreSQL cannot make its data folder ${data}: ${stderr.trim() || String(error)}`)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}
