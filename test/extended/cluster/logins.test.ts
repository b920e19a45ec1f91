/** Every way to log in at a broker, at a real one: who it takes us for is who the settings say. */
import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { makeClientCertificate } from '../../../infra/local/cluster/certificates.ts'
import { createKafka, type KafkaClient } from '../../../services/platform/kafka/client.ts'
import { KafkaSettings } from '../../../services/platform/kafka/settings.ts'
import { type Environment, keepConfig, loadConfig } from '../../../services/platform/process/config.ts'
import { createKeptFiles } from '../../../services/platform/process/kept-files.ts'
import { createLogger } from '../../../services/platform/process/logger.ts'
import { eventually } from '../../support/partition-eventually.ts'
import {
  PASSWORD,
  type SecuredBroker,
  startSecuredBroker,
  startTokenServer,
  type TokenServer,
  USER,
} from '../../support/secured-broker.ts'

let directory: string
let tokens: TokenServer
let broker: SecuredBroker
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-logins-'))
  tokens = await startTokenServer()
  broker = await startSecuredBroker(directory, tokens.jwks)
}, 180_000)
afterAll(async () => {
  await broker?.stop()
  await tokens?.stop()
  rmSync(directory, { recursive: true, force: true })
}, 60_000)

const clientOf = (env: Environment): KafkaClient =>
  createKafka(loadConfig(z.object(KafkaSettings), env), 'logins', createLogger('logins', 'silent'))

const tls = () => ({ KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: broker.certificates.caFile })
const password = (mechanism: string): Environment => ({
  ...tls(),
  KAFKA_BROKERS: broker.login,
  KAFKA_SASL_MECHANISM: mechanism,
  KAFKA_SASL_USERNAME: USER,
  KAFKA_SASL_PASSWORD: PASSWORD,
})
const oauth = (): Environment => ({
  ...tls(),
  KAFKA_BROKERS: broker.login,
  KAFKA_SASL_MECHANISM: 'oauthbearer',
  KAFKA_OAUTH_TOKEN_URL: tokens.url,
  KAFKA_OAUTH_CLIENT_ID: tokens.clientId,
  KAFKA_OAUTH_CLIENT_SECRET: tokens.clientSecret,
  KAFKA_OAUTH_SCOPE: 'kafka',
})
async function certificate(name: string): Promise<Environment> {
  const { certFile, keyFile } = await makeClientCertificate(join(directory, 'tls'), name)
  return {
    ...tls(),
    KAFKA_BROKERS: broker.mutual,
    KAFKA_SSL_CERT_FILE: certFile,
    KAFKA_SSL_KEY_FILE: keyFile,
  }
}

/** Makes a topic and writes a record to it, which only `USER` may. */
async function write(kafka: Pick<KafkaClient, 'admin' | 'producer'>): Promise<string> {
  const topic = `test-${randomUUID().slice(0, 8)}`
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true })]
  try {
    await Promise.all([admin.connect(), producer.connect()])
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
    await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] })
    return (await admin.fetchTopicOffsets(topic))[0]?.high ?? ''
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()])
  }
}

describe('somebody is let in', () => {
  it.each(['scram-sha-256', 'scram-sha-512', 'plain'])('by password, %s', async mechanism => {
    expect(await write(clientOf(password(mechanism)))).toBe('1')
  })

  it('by certificate', async () => {
    expect(await write(clientOf(await certificate(USER)))).toBe('1')
  })

  it('by token, which is fetched once for all connections', async () => {
    const before = tokens.counts.given
    const kafka = clientOf(oauth())
    expect(await write(kafka)).toBe('1')
    expect(await write(kafka)).toBe('1')
    expect(tokens.counts.given - before).toBe(1)
  })
})

it('goes on writing for longer than a token lives', async () => {
  const before = tokens.counts.given
  // kafkajs logs in again ten seconds before the end, and a broker takes that once a second.
  tokens.lifeSeconds = 24
  const kafka = clientOf(oauth())
  const topic = `test-${randomUUID().slice(0, 8)}`
  const [admin, producer] = [kafka.admin(), kafka.producer({ idempotent: true })]
  await Promise.all([admin.connect(), producer.connect()])
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] })
  await eventually(
    'a second token to be used up',
    async () => {
      await producer.send({ topic, acks: -1, messages: [{ value: 'x' }] })
      return tokens.counts.given - before >= 3
    },
    90_000,
  )
  tokens.lifeSeconds = 300
  await Promise.all([admin.disconnect(), producer.disconnect()])
})

describe('nobody is let in', () => {
  const connect = async (env: Environment): Promise<void> => {
    const admin = clientOf(env).admin({ retry: { retries: 0 } })
    await admin.connect().finally(() => admin.disconnect())
  }

  it.each(['scram-sha-256', 'scram-sha-512', 'plain'])('with a wrong password, %s', async mechanism => {
    await expect(connect({ ...password(mechanism), KAFKA_SASL_PASSWORD: 'hunter3' })).rejects.toThrow(
      /authentication/i,
    )
  })

  it('without a certificate', async () => {
    await expect(connect({ ...tls(), KAFKA_BROKERS: broker.mutual })).rejects.toThrow()
  })

  it('with a certificate that names somebody without rights', async () => {
    await expect(write(clientOf(await certificate('lou')))).rejects.toThrow(/authoriz/i)
  })

  it('by a client that the token endpoint does not know, which is said', async () => {
    await expect(connect({ ...oauth(), KAFKA_OAUTH_CLIENT_SECRET: 'wrong' })).rejects.toThrow(
      /KAFKA_OAUTH_TOKEN_URL answered 401/,
    )
  })

  it('at a broker whose certificate another authority has signed', async () => {
    const { KAFKA_SSL_CA_FILE, ...rest } = password('scram-sha-512')
    await expect(connect(rest)).rejects.toThrow(/certificate/)
  })
})

describe('who we are changes with the files, from the next connection on', () => {
  it.each<[string, () => Promise<readonly [Environment, () => void]>]>([
    [
      'a certificate',
      async () => {
        const [lou, kim] = [await certificate('lou'), await certificate(USER)]
        const files = {
          KAFKA_SSL_CERT_FILE: join(directory, 'us.crt'),
          KAFKA_SSL_KEY_FILE: join(directory, 'us.key'),
        }
        const show = (env: Environment) => {
          for (const name of ['KAFKA_SSL_CERT_FILE', 'KAFKA_SSL_KEY_FILE'] as const)
            copyFileSync(env[name] ?? '', files[name])
        }
        show(lou)
        return [{ ...kim, ...files }, () => show(kim)]
      },
    ],
    [
      'a password',
      async () => {
        const file = join(directory, 'password')
        writeFileSync(file, 'hunter3')
        const env = {
          ...password('scram-sha-512'),
          KAFKA_SASL_PASSWORD: undefined,
          KAFKA_SASL_PASSWORD_FILE: file,
        }
        return [env, () => writeFileSync(file, PASSWORD)]
      },
    ],
    [
      'the secret of a client',
      async () => {
        const file = join(directory, 'client-secret')
        writeFileSync(file, 'wrong')
        const env = { ...oauth(), KAFKA_OAUTH_CLIENT_SECRET: undefined, KAFKA_OAUTH_CLIENT_SECRET_FILE: file }
        return [env, () => writeFileSync(file, tokens.clientSecret)]
      },
    ],
  ])('%s', async (_what, begin) => {
    const [env, mend] = await begin()
    const files = createKeptFiles({ onFault: () => {}, onRead: () => {} })
    const { config } = keepConfig(files.keep, z.object(KafkaSettings), env)
    const kafka = createKafka(config, 'logins', createLogger('logins', 'silent'), files.keep)
    const quick = {
      admin: () => kafka.admin({ retry: { retries: 0 } }),
      producer: kafka.producer.bind(kafka),
    }
    await expect(write(quick)).rejects.toThrow()
    mend()
    files.look()
    expect(await write(quick)).toBe('1')
  })
})
