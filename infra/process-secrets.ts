/**
 * Which secrets each process is given: those that its own configuration declares, and no others. Nothing is listed twice:
 * what a process reads is what its `config.ts` says, and a variable is a secret by `secret()` there, or by its name.
 */
import { z } from 'zod'
import { OpsConfig } from '../services/ops/config.ts'
import { KafkaSettings } from '../services/platform/kafka/settings.ts'
import { type Environment, isSecret } from '../services/platform/process/config.ts'
import { TopicSettings } from '../services/platform/topics/settings.ts'
import { LocalSettings } from './local/infrastructure.ts'
import { sourceSecretVariables } from './local-secrets.ts'
import { SANDBOX, type StackProcess, stackProcesses } from './stack-processes.ts'
import { WarehouseSettings } from './warehouse/config.ts'

/** By it others call their secrets, too: a token in the shell of whoever starts everything is nobody's here. */
export const SECRET_NAME = '(_SECRET|_PASSWORD|_TOKEN|_KEY|_ACCESS_KEY_ID)$'
const byName = new RegExp(SECRET_NAME)
const ofSource = /^SOURCE_[A-Z0-9_]+_SECRET$/
/** Files with secrets of several, or with hashes of them, which are no value of a variable. */
const BUNDLES: ReadonlySet<string> = new Set(['CONNECTIONS_FILE', 'CONSOLE_USERS_FILE'])
/** What AWS's clients find by themselves. */
const AWS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']

export interface Needs {
  /** Every variable that it reads, but for the credentials of sources. */
  readonly variables: ReadonlySet<string>
  readonly secrets: ReadonlySet<string>
  /** Reads `SOURCE_<NAME>_SECRET`. */
  readonly provesWebhooks: boolean
}

type Shape = Readonly<Record<string, unknown>>

function needsOfShapes(shapes: readonly Shape[], provesWebhooks = false): Needs {
  const fields = shapes.flatMap(shape =>
    // The sandbox's options have names of their own.
    Object.entries(shape).map(([name, field]) => [envOf(field) ?? name, field] as const),
  )
  const secrets = fields.filter(([name, field]) => isSecret(field) || byName.test(name))
  const names = (of: typeof fields) => new Set(of.map(([name]) => name))
  return { variables: names(fields), secrets: names(secrets), provesWebhooks }
}

function envOf(field: unknown): string | undefined {
  const env = field instanceof z.ZodType ? field.meta()?.env : undefined
  return typeof env === 'string' ? env : undefined
}

/** From the schema beside its program. */
export async function needsOf({ name, main }: Pick<StackProcess, 'name' | 'main'>): Promise<Needs> {
  const module: Shape = await import(new URL('./config.ts', main).href)
  const schemas = Object.values(module).filter(value => value instanceof z.ZodObject)
  return needsOfShapes(
    schemas.map(({ shape }) => shape),
    name === 'ingress',
  )
}

/** `infra/start-infra.ts`, where it only makes topics. */
export const TOPICS_NEED = needsOfShapes([KafkaSettings, LocalSettings, TopicSettings])
const OTHERS_NEED = needsOfShapes([OpsConfig.shape, WarehouseSettings])

/** By name, in the order in which they start. */
export async function needsOfAll(): Promise<ReadonlyMap<string, Needs>> {
  const processes = [SANDBOX, ...stackProcesses()]
  const needs = await Promise.all(processes.map(needsOf))
  return new Map(processes.map(({ name }, index) => [name, needs[index] ?? TOPICS_NEED]))
}

/** Every secret that anybody here reads, sorted. */
export async function knownSecrets(sources: readonly string[]): Promise<readonly string[]> {
  const all = [...(await needsOfAll()).values(), TOPICS_NEED, OTHERS_NEED]
  const names = [...all.flatMap(({ secrets }) => [...secrets]), ...sourceSecretVariables(sources), ...AWS]
  return [...new Set(names)].sort()
}

/** Whether a process gets a variable of the environment `env`: what is no secret it does. Pure. */
export function isGiven(
  variable: string,
  { variables, provesWebhooks }: Needs,
  known: ReadonlySet<string>,
  env: Environment,
): boolean {
  const name = variable.replace(/_FILE$/, '')
  const holdsSecret = known.has(name) || byName.test(name) || BUNDLES.has(variable)
  if (!holdsSecret || variables.has(name) || variables.has(variable)) return true
  if (ofSource.test(name)) return provesWebhooks
  return name.startsWith('AWS_') && usesAws(variables, env)
}

const usesAws = (variables: ReadonlySet<string>, env: Environment): boolean =>
  (Boolean(env.BLOB_S3_BUCKET) && variables.has('BLOB_S3_BUCKET')) ||
  (env.KAFKA_SASL_MECHANISM === 'aws-msk-iam' && variables.has('KAFKA_SASL_MECHANISM'))

/** The environment of a process: `env` without the secrets of others, those that are no part of this project included. */
export async function environmentOf(process: StackProcess, env: Environment): Promise<Environment> {
  const [needs, known] = [await needsOf(process), new Set(await knownSecrets([]))]
  return Object.fromEntries(Object.entries(env).filter(([variable]) => isGiven(variable, needs, known, env)))
}
