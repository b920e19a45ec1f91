import { beforeAll, describe, expect, it } from 'vitest'
import { ofJava } from '../../../infra/local/jvm-part.ts'
import { environmentOf, isGiven, knownSecrets, needsOfAll } from '../../../infra/process-secrets.ts'
import { stackProcess } from '../../../infra/stack-processes.ts'

/** Every secret that is read here, one of a source to come, two that are nobody's, and what is none. */
const NO_SECRETS = {
  PATH: '/bin',
  KAFKA_BROKERS: 'b:1',
  INVITE_SINCE: '2026-01-01',
  AWS_REGION: 'eu-central-1',
}
const NOBODYS = ['GITHUB_TOKEN', 'DB_PASSWORD_FILE']
async function everything(): Promise<Record<string, string>> {
  const known = await knownSecrets(['jobylon', 'acme-hire'])
  return {
    ...NO_SECRETS,
    ...Object.fromEntries([...known, ...NOBODYS, 'CONNECTIONS_FILE'].map(name => [name, `value of ${name}`])),
  }
}

async function givenTo(
  name: string,
  more: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const process = stackProcess(name)
  if (process === undefined) throw new Error(`no ${name}`)
  const given = Object.keys(await environmentOf(process, { ...(await everything()), ...more }))
  return given.filter(variable => !(variable in { ...NO_SECRETS, ...more })).sort()
}

// Loading the configuration of every process is no part of what is timed.
beforeAll(async () => void (await needsOfAll()), 60_000)

const KAFKA = ['KAFKA_OAUTH_CLIENT_SECRET', 'KAFKA_SASL_PASSWORD']
const FILES = ['BLOB_S3_ACCESS_KEY_ID', 'BLOB_S3_SECRET_ACCESS_KEY']
const PULSIFI = ['PULSIFI_CLIENT_ID', 'PULSIFI_CLIENT_SECRET']
const CALLBACK = ['PULSIFI_WEBHOOK_SECRET', 'SOURCE_PULSIFI_SECRET']

/** For a reviewer: this is what each has. */
const WHOSE: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['SANDBOX_CLIENT_SECRET'],
  ingress: [
    ...[
      'CANARY_SECRET',
      'CONNECTIONS_FILE',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'SOURCE_ACME_HIRE_SECRET',
      'SOURCE_JOBYLON_SECRET',
      'SPOOL_KEY',
      'SPOOL_KEY_COMMAND',
    ],
    ...[...KAFKA, ...FILES, ...CALLBACK],
  ],
  normalizer: [
    'CONNECTIONS_FILE',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'PERSON_KEY_SECRET',
    'REGISTRY_PASSWORD',
    ...KAFKA,
    ...FILES,
  ],
  'pulsifi-sink': [
    'CONNECTIONS_FILE',
    'OTEL_EXPORTER_OTLP_HEADERS',
    'REGISTRY_PASSWORD',
    ...KAFKA,
    ...PULSIFI,
    ...CALLBACK,
  ],
  console: [
    ...['CONNECTIONS_FILE', 'CONSOLE_OIDC_CLIENT_SECRET', 'CONSOLE_TOKEN', 'REGISTRY_PASSWORD'],
    ...[...KAFKA, ...FILES],
  ],
}

describe('each process is given the secrets that it reads, and no others', () => {
  it.each(Object.entries(WHOSE))('%s', async (name, secrets) => {
    expect(await givenTo(name)).toEqual([...secrets].sort())
  })

  it('and all that is no secret', async () => {
    for (const name of Object.keys(WHOSE)) {
      const process = stackProcess(name)
      if (process === undefined) throw new Error(`no ${name}`)
      expect(await environmentOf(process, NO_SECRETS)).toEqual(NO_SECRETS)
    }
  })

  it('whichever way a secret is named', async () => {
    const known = new Set(await knownSecrets([]))
    const needs = (await needsOfAll()).get('normalizer')
    if (needs === undefined) throw new Error('no normalizer')
    const isOurs = (variable: string) => isGiven(variable, needs, known, {})
    expect(['PERSON_KEY_SECRET', 'PERSON_KEY_SECRET_FILE', 'KAFKA_SSL_KEY_FILE'].map(isOurs)).toEqual([
      ...[true, true, true],
    ])
    expect(['SPOOL_KEY_FILE', 'SOURCE_IDIBU_SECRET_FILE', 'CONSOLE_USERS_FILE'].map(isOurs)).toEqual([
      ...[false, false, false],
    ])
  })
})

describe('credentials of AWS', () => {
  const AWS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN']
  const whoHas = async (more: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const names = Object.keys(WHOSE)
    const given = await Promise.all(names.map(name => givenTo(name, more)))
    return names.filter((_, index) => AWS.every(variable => given[index]?.includes(variable)))
  }

  it('are for who has files in a bucket', async () => {
    expect(await whoHas({ BLOB_S3_BUCKET: 'files' })).toEqual(['ingress', 'normalizer', 'console'])
  })

  it('are for who logs in by them', async () => {
    const services = ['ingress', 'normalizer', 'pulsifi-sink', 'console']
    expect(await whoHas({ KAFKA_SASL_MECHANISM: 'aws-msk-iam' })).toEqual(services)
  })

  it('are for nobody else', async () => {
    expect(await whoHas({ KAFKA_SASL_MECHANISM: 'plain' })).toEqual([])
  })
})

it('is nothing of ours that Java reads', async () => {
  expect(Object.keys(ofJava({ ...(await everything()), JAVA_HOME: '/java', LC_ALL: 'C' }))).toEqual([
    ...['PATH', 'JAVA_HOME', 'LC_ALL'],
  ])
})
