/** Kafka's own tool makes the folder of a node; without it no node starts. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Java } from './java.ts'

const execute = promisify(execFile)

export interface StorageToFormat {
  readonly java: Java
  readonly classpath: string
  readonly clusterId: string
  /** The node's properties file. */
  readonly properties: string
  /** Passwords by user, for a cluster whose users log in; only its controller needs them. */
  readonly users?: Readonly<Record<string, string>>
}

export async function formatStorage(options: StorageToFormat): Promise<void> {
  const { java, classpath, clusterId, properties, users = {} } = options
  const jvm = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', classpath]
  const scram = Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  )
  const tool = ['kafka.tools.StorageTool', 'format', '--cluster-id', clusterId, '--config', properties]
  await execute(java.command, [...jvm, ...tool, ...scram])
}

/** Sixteen bytes as Kafka writes a UUID; never with a dash in front, which its tool takes for an option. */
export const clusterIdOf = (bytes: Buffer): string => bytes.toString('base64url').replace(/^-/, 'A')
