/** One broker of a cluster as a Java process that can be restarted, killed, held, and robbed of its disk. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isListening } from '../../../services/platform/kafka/local-addresses.ts'
import { ConfigError } from '../../../services/platform/process/config.ts'
import type { Artifacts } from '../artifacts.ts'
import { formatStorage } from '../format-storage.ts'
import type { Java } from '../java.ts'
import { createJvmPart } from '../jvm-part.ts'
import type { InfrastructurePart } from '../part.ts'
import { waitUntil } from '../ports.ts'

const execute = promisify(execFile)

export interface ClusterBroker extends InfrastructurePart {
  readonly id: number
  /** For clients. */
  readonly address: string
  /** A controlled restart: it hands its leaders over, ends, and is back when it answers. */
  readonly restart: () => Promise<void>
  /** SIGSTOP: it holds its connections and says nothing. */
  readonly pause: () => void
  /** SIGCONT. */
  readonly resume: () => void
  /**
   * From now on nothing it writes fits, as on a full disk, and a broker whose only disk fails ends by itself, at its next
   * write: resolves then. A later start finds room again.
   */
  readonly fillDisk: () => Promise<void>
}

export interface NodeOptions {
  readonly name: string
  readonly java: Java
  readonly artifacts: Artifacts
  readonly dataDir: string
  readonly port: number
  readonly clusterId: string
  /** The text of its properties file. */
  readonly properties: (logDir: string) => string
  readonly users?: Readonly<Record<string, string>>
}

/** Controller or broker. */
export function createNode(options: NodeOptions): InfrastructurePart {
  const { name, java, artifacts, dataDir, port, clusterId, users } = options
  const directory = join(dataDir, name)
  const logDir = join(directory, 'log')
  const properties = join(directory, 'server.properties')
  const classpath = artifacts.brokerClasspath
  return createJvmPart({
    name,
    java,
    archive: join(artifacts.directory, `broker-${java.version}.jsa`),
    marker: properties,
    port,
    portVariable: null,
    isReady: () => isListening(port),
    logFile: join(dataDir, 'logs', `${name}.log`),
    pidFile: join(dataDir, 'run', `${name}.json`),
    async args() {
      mkdirSync(directory, { recursive: true })
      writeFileSync(properties, options.properties(logDir))
      if (!existsSync(join(logDir, 'meta.properties')))
        await formatStorage({
          java,
          classpath,
          clusterId,
          properties,
          ...(users === undefined ? {} : { users }),
        })
      return ['-Xmx320m', '-cp', classpath, 'kafka.Kafka', properties]
    },
  })
}

const DISK_FAILS_WITHIN_MS = 60_000

export function asClusterBroker(id: number, node: InfrastructurePart, port: number): ClusterBroker {
  const running = (): number => {
    if (node.pid === null) throw new Error(`broker ${id} is not running`)
    return node.pid
  }
  return {
    id,
    address: `127.0.0.1:${port}`,
    get pid() {
      return node.pid
    },
    start: node.start,
    stop: node.stop,
    kill: node.kill,
    async restart() {
      await node.stop()
      await node.start()
    },
    pause: () => void process.kill(running(), 'SIGSTOP'),
    resume: () => void process.kill(running(), 'SIGCONT'),
    async fillDisk() {
      await limitFiles(running())
      await waitUntil(`the end of broker ${id}`, async () => node.pid === null, {
        deadlineMs: DISK_FAILS_WITHIN_MS,
        hasFailed: () => null,
      })
    },
  }
}

/**
 * No file of the process may grow beyond a byte: what it gets is EFBIG instead of ENOSPC, which Kafka treats alike, and
 * nobody has to mount anything.
 */
async function limitFiles(pid: number): Promise<void> {
  try {
    await execute('prlimit', ['--pid', String(pid), '--fsize=1:unlimited'])
  } catch (error) {
    throw new ConfigError(
      `prlimit (Debian: util-linux) cannot limit a broker: ${String(error).split('\n', 1)[0]}`,
    )
  }
}
