/** The Kafka Streams application of this folder: built by Maven once, started as a process of its own. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { localVersions } from '../../../infra/local/artifacts.ts'
import { type Child, lastLines, startChild } from '../../../infra/local/child.ts'
import { findJava, JAVA_VERSION_MIN } from '../../../infra/local/java.ts'
import { cacheDirectory, type FetchOptions, fetchOnce, maven } from '../../../infra/local/maven.ts'
import { loadSchema } from '../../../schemas/subjects.ts'
import { CANONICAL_CANDIDATE } from '../../../services/core/topics.ts'
import { ConfigError, type Environment } from '../../../services/platform/process/config.ts'

const execute = promisify(execFile)
const HERE = import.meta.dirname
/** Rounded, for the progress line alone. */
const LIBRARIES_MB = 98
const STOP_WITHIN_MS = 20_000
const NAME = 'the Kafka Streams application'

export interface BuiltPeer {
  readonly java: string
  readonly classpath: string
}

/** @throws ConfigError that names all of what is missing. */
export async function requireTools(env: Environment): Promise<string> {
  const java = await findJava(env)
  const compiler = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'javac') : 'javac'
  const missing = [
    ...(java === null ? [`Java ${JAVA_VERSION_MIN} or later (java)`] : []),
    ...((await runs(compiler, ['-version']))
      ? []
      : ['its compiler, which a JDK has and a JRE has not (javac)']),
    ...((await runs('mvn', ['-version'])) ? [] : ['Maven (mvn)']),
  ]
  if (java === null || missing.length > 0)
    throw new ConfigError(
      `--peer kstreams builds and runs a Java application, and this is not there: ${missing.join('; ')}. ` +
        `Install a JDK (${JAVA_VERSION_MIN} or later) and Maven`,
    )
  return java.command
}

const runs = (command: string, args: readonly string[]): Promise<boolean> =>
  execute(command, [...args], { timeout: 30_000 }).then(
    () => true,
    () => false,
  )

/**
 * Compiled with its libraries in the folder in which the broker is kept, too; anew when it, the schema or Kafka changes.
 * @throws ConfigError when Maven fails.
 */
export async function buildPeer(java: string, options: FetchOptions): Promise<BuiltPeer> {
  const schema = JSON.stringify(loadSchema(CANONICAL_CANDIDATE), plain)
  const { kafka } = localVersions()
  const sources = ['pom.xml', ...readdirSync(join(HERE, 'src'), { recursive: true, encoding: 'utf8' })]
    .filter(name => /[.](java|xml)$/.test(name))
    .sort()
    .map(name => readFileSync(join(HERE, name === 'pom.xml' ? name : join('src', name)), 'utf8'))
  const version = createHash('sha256')
    .update([kafka, schema, ...sources].join('\0'))
    .digest('hex')
  const target = join(cacheDirectory(options.env), `kstreams-peer-${version.slice(0, 12)}`)
  await fetchOnce(target, `what ${NAME} is compiled with (${LIBRARIES_MB} MB)`, options, async directory => {
    cpSync(join(HERE, 'pom.xml'), join(directory, 'pom.xml'))
    cpSync(join(HERE, 'src'), join(directory, 'src'), { recursive: true })
    mkdirSync(join(directory, 'src/main/avro'))
    writeFileSync(join(directory, 'src/main/avro/candidate.avsc'), schema)
    const goals = ['compile', 'dependency:copy-dependencies', '-DincludeScope=runtime']
    const pom = ['-f', join(directory, 'pom.xml'), `-Dkafka.version=${kafka}`]
    await maven([...goals, `-DoutputDirectory=${join(directory, 'lib')}`, ...pom], options.env)
  })
  return { java, classpath: [join(target, 'target/classes'), join(target, 'lib/*')].join(':') }
}

/**
 * Avro writes classes for plain numbers that encode themselves at half the cost. On the wire a time is a number anyway.
 */
const plain = (name: string, value: unknown): unknown =>
  name === 'logicalType' || name === 'doc' ? undefined : value

export interface RunningPeer {
  readonly child: Child
  /** What it said last; for when it has ended by itself. */
  readonly lastWords: () => string
  readonly stop: () => Promise<void>
}

export async function startPeer(
  { java, classpath }: BuiltPeer,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<RunningPeer> {
  const logFile = join(directory, `${env.APPLICATION_ID}.log`)
  const child = await startChild({
    name: NAME,
    command: java,
    args: [
      '-Xmx512m',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-cp',
      classpath,
      'atsflow.peer.Main',
    ],
    env: { ...env, PATH: process.env.PATH, STATE_DIR: join(directory, `${env.APPLICATION_ID}-state`) },
    logFile,
    pidFile: join(directory, `${env.APPLICATION_ID}.pid`),
  })
  const lastWords = () => /^ended by .*$/m.exec(readFileSync(logFile, 'utf8'))?.[0] ?? lastLines(logFile, 5)
  return { child, lastWords, stop: () => child.stop(STOP_WITHIN_MS) }
}
