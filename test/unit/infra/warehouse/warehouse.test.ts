import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { localVersions } from '../../../../infra/local/artifacts.ts'
import { warehouseTarget } from '../../../../infra/warehouse/config.ts'
import { CONNECTORS } from '../../../../infra/warehouse/connectors.ts'
import {
  coreApi,
  type KafkaAccess,
  workerProperties,
  workerVariables,
} from '../../../../infra/warehouse/worker-properties.ts'
import { type Field, isUnion, type Schema } from '../../../../schemas/avro-schema.ts'
import { isAvroTopic, loadSchema } from '../../../../schemas/subjects.ts'
import {
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
} from '../../../../services/core/topics.ts'

const tables = readFileSync(new URL('../../../../infra/warehouse/tables.sql', import.meta.url), 'utf8')
const connectors = CONNECTORS.map(({ name, file }) => {
  const { config }: { config: Readonly<Record<string, string>> } = JSON.parse(readFileSync(file, 'utf8'))
  return { name, config, topic: config.topics ?? '' }
})
type Connector = (typeof connectors)[number]
const fieldsOf = (topic: string): readonly Field[] => {
  if (!isAvroTopic(topic)) throw new Error(`${topic} carries no records of ours`)
  // Cast: as the files of schemas/ write them.
  return loadSchema(topic).fields as readonly Field[]
}
const listOf = (text: string | undefined): readonly string[] => text?.split(',') ?? []

/** What the transforms of a connector leave of a record, and its key. */
function fieldsWritten({ topic, config }: Connector): readonly Pick<Field, 'name' | 'type'>[] {
  const included = config['transforms.onlyFacts.include']
  const all = [config['primary.key.fields'], ...listOf(included)]
  const taken = fieldsOf(topic).filter(({ name }) => included === undefined || all.includes(name))
  const flat = config['transforms.flat.type'] === undefined ? taken : taken.flatMap(partsOf)
  const excluded = ['withoutSecrets', 'ownNames'].flatMap(step =>
    listOf(config[`transforms.${step}.exclude`]),
  )
  const renames = ['unreservedNames', 'ownNames'].flatMap(step =>
    listOf(config[`transforms.${step}.renames`]),
  )
  const renamed = new Map(renames.map(pair => [pair.split(':')[0], pair.split(':')[1]]))
  const recordedAt = config['transforms.recordedAt.timestamp.field']
  return [
    ...flat
      .filter(({ name }) => !excluded.includes(name))
      .map(({ name, type }) => ({ name: renamed.get(name) ?? name, type })),
    ...(recordedAt === undefined ? [] : [{ name: recordedAt, type: 'long' }]),
  ]
}

/** As `Flatten` has them: fields of a record are named after it, too. */
function partsOf(field: Field): readonly Field[] {
  const single = oneOf(field.type)
  const { fields } = typeof single === 'object' && 'type' in single ? single : {}
  return fields?.map(part => ({ ...part, name: `${field.name}_${part.name}` })) ?? [field]
}

const oneOf = (type: Schema): Schema =>
  isUnion(type) ? (type.find(branch => branch !== 'null') ?? 'null') : type

describe('the connectors', () => {
  it('are one for jobs, one for applications, one for their history and one for scores', () => {
    expect(connectors.map(({ topic }) => topic).sort()).toEqual([
      CANONICAL_JOB,
      PULSIFI_INVITATION,
      PULSIFI_SCORE,
      PULSIFI_STATUS,
    ])
  })

  it.each(connectors)('$name reads committed records only, from the first on', ({ config }) => {
    expect(config['consumer.override.isolation.level']).toBe('read_committed')
    expect(config['consumer.override.auto.offset.reset']).toBe('earliest')
  })

  it('each have a group of their own, for each database', () => {
    const groups = connectors.map(({ config }) => config['consumer.override.group.id'] ?? '')
    expect(new Set(groups).size).toBe(connectors.length)
    for (const group of groups) expect(group).toMatch(/[$]{env:WAREHOUSE_ID}$/)
  })

  it.each(connectors)('$name keeps every secret and personal field out', ({ topic, config }) => {
    const included = config['transforms.onlyFacts.include']
    const excluded = listOf(config['transforms.withoutSecrets.exclude'])
    const guarded = fieldsOf(topic).filter(field => /\[(secret|personal)\]/.test(JSON.stringify(field)))
    const taken = guarded.filter(({ name }) => included === undefined || listOf(included).includes(name))
    expect(taken.map(({ name }) => name).filter(name => !excluded.includes(name))).toEqual([])
  })

  it.each(connectors)('$name writes a row once, by a field that every record has', ({ topic, config }) => {
    expect(config['insert.mode']).toBe('upsert')
    const key = fieldsOf(topic).find(({ name }) => name === config['primary.key.fields'])
    expect(key?.type).toBe('string')
  })

  it.each(connectors)('$name deletes exactly if its rows are named by the key', ({ config }) => {
    expect(config['delete.enabled']).toBe(String(config['primary.key.mode'] === 'record_key'))
  })
})

describe('the tables', () => {
  const columnsOf = (table: string) => {
    const body = new RegExp(`CREATE TABLE IF NOT EXISTS ${table} [(]([^;]+)\n[)];`).exec(tables)?.[1] ?? ''
    return body.split(',\n').map(line => line.trim())
  }

  it.each(connectors)('of $name have a column for every field that is written', connector => {
    const { config } = connector
    const wanted = fieldsWritten(connector).map(
      ({ name, type }) =>
        `${name} ${columnType(type)}${name === config['primary.key.fields'] ? ' PRIMARY KEY' : ''}`,
    )
    expect(columnsOf(config['collection.name.format'] ?? '').sort()).toEqual(wanted.sort())
  })
})

const COLUMN_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  enum: 'text',
  'pulsifi.events.v1.ApplicationState': 'text',
  array: 'text[]',
  int: 'integer',
  date: 'date',
  double: 'double precision',
  boolean: 'boolean',
  long: 'timestamp(3)',
  'timestamp-millis': 'timestamp(3)',
}

/** Every long of these records is a time. */
function columnType(type: Schema): string {
  const single = oneOf(type)
  const name = typeof single === 'object' && 'type' in single ? (single.logicalType ?? single.type) : single
  return COLUMN_TYPES[String(name)] ?? `no column for ${String(name)}`
}

describe('the versions of the worker', () => {
  it('are those of the local broker', () => {
    const pom = readFileSync(new URL('../../../../infra/warehouse/pom.xml', import.meta.url), 'utf8')
    expect(pom).toContain(`<kafka.version>${localVersions().kafka}<`)
  })
})

describe('WAREHOUSE_URL', () => {
  it('becomes what the driver for Java wants, without user and password in what is shown', () => {
    const target = warehouseTarget('postgresql://me:s%40cret@db.example.com:5432/scores?sslmode=require')
    expect(target).toMatchObject({ user: 'me', password: 's@cret' })
    expect(target.jdbcUrl).toMatch(/^jdbc:postgresql:\/\/db\.example\.com:5432\/scores\?sslmode=require&/)
    expect(target.shown).toBe('postgresql://db.example.com:5432/scores')
  })

  it('never lets the server quote a row in an error', () => {
    expect(warehouseTarget('postgresql://me@127.0.0.1/d').jdbcUrl).toContain('logServerErrorDetail=false')
  })

  it.each(['', '?sslmode=disable', '?sslmode=prefer', '?sslmode=allow'])(
    'is not reached in the open: %j',
    mode => {
      const text = `postgresql://me@db.example.com/d${mode}`
      expect(() => warehouseTarget(text)).toThrow(/sslmode=verify-full/)
      expect(warehouseTarget(text, { PLAINTEXT_HOSTS: 'db.example.com' }).user).toBe('me')
      expect(warehouseTarget(`postgresql://me@127.0.0.1/d${mode}`).user).toBe('me')
    },
  )

  it.each(['', 'mysql://me@h/d', 'postgresql://me@h', 'postgresql://h/d', 'db.example.com'])(
    'is refused when it is "%s"',
    text => {
      expect(() => warehouseTarget(text)).toThrow('WAREHOUSE_URL')
    },
  )
})

const kafka: KafkaAccess = {
  KAFKA_BROKERS: ['a:1', 'b:2'],
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: 'me',
  KAFKA_SASL_PASSWORD: 'qu"ote\\d',
  KAFKA_SSL: true,
  KAFKA_SSL_CA_FILE: '/ca.pem',
  SCHEMA_REGISTRY_URL: 'https://user:hidden@registry.example.com/apis/ccompat/v7',
}

describe('the worker’s properties', () => {
  const text = workerProperties(kafka, { port: 8083, offsetFile: '/data/offsets' })
  const lines = text.split('\n')

  it('give the sinks the same access to Kafka as the worker', () => {
    for (const prefix of ['', 'consumer.']) {
      expect(lines).toContain(`${prefix}security.protocol=SASL_SSL`)
      expect(lines).toContain(`${prefix}sasl.mechanism=SCRAM-SHA-512`)
      expect(lines).toContain(`${prefix}ssl.truststore.location=/ca.pem`)
    }
  })

  it('show a certificate, and get tokens, where the processes do', () => {
    const files = { KAFKA_SSL_CERT_FILE: '/tls/us.crt', KAFKA_SSL_KEY_FILE: '/tls/us.key' }
    const client = {
      KAFKA_OAUTH_CLIENT_ID: 'me',
      KAFKA_OAUTH_CLIENT_SECRET: 's"cret',
      KAFKA_OAUTH_SCOPE: 'kafka',
    }
    const access: KafkaAccess = {
      ...kafka,
      ...files,
      ...client,
      KAFKA_SASL_MECHANISM: 'oauthbearer',
      KAFKA_OAUTH_TOKEN_URL: 'https://login.example.com/token',
    }
    const shown = workerProperties(access, { port: 8083, offsetFile: '/data/offsets' }).split('\n')
    for (const prefix of ['', 'consumer.', 'producer.', 'admin.']) {
      expect(shown).toContain(`${prefix}ssl.keystore.key=\${directory:/tls:us.key}`)
      expect(shown).toContain(`${prefix}ssl.keystore.certificate.chain=\${directory:/tls:us.crt}`)
      expect(shown).toContain(`${prefix}sasl.mechanism=OAUTHBEARER`)
    }
    expect(workerVariables(access, warehouseTarget('postgresql://me@127.0.0.1/d'), 'id').KAFKA_JAAS).toBe(
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="me" clientSecret="s\\"cret" scope="kafka";',
    )
  })

  it('refuse a login for which the worker has no library, with a sentence', () => {
    const access: KafkaAccess = { ...kafka, KAFKA_SASL_MECHANISM: 'aws-msk-iam', AWS_REGION: 'eu-central-1' }
    const attempt = () => workerProperties(access, { port: 8083, offsetFile: '/data/offsets' })
    expect(attempt).toThrow(/KAFKA_SASL_MECHANISM=aws-msk-iam: give infra/)
  })

  it('hold no secret: the environment of the worker does', () => {
    const target = warehouseTarget('postgresql://me:open-sesame@127.0.0.1/d')
    const secrets = workerVariables(kafka, target, 'id')
    for (const secret of ['ote', 'hidden', 'open-sesame']) {
      expect(text).not.toContain(secret)
      expect(Object.values(secrets).join()).toContain(secret)
    }
    expect(secrets.KAFKA_JAAS).toContain('password="qu\\"ote\\\\d"')
  })

  it('refer to nothing that the environment does not hold', () => {
    const files = CONNECTORS.map(({ file }) => readFileSync(file, 'utf8'))
    const names = [...[text, ...files].join('').matchAll(/[$]{env:(\w+)}/g)].map(match => match[1] ?? '')
    const held = Object.keys(workerVariables(kafka, warehouseTarget('postgresql://me@127.0.0.1/d'), 'id'))
    expect(names.filter(name => !held.includes(name))).toEqual([])
    expect(held.filter(name => !names.includes(name))).toEqual([])
  })

  it('let nobody beyond this machine change a connector', () => {
    expect(lines).toContain('listeners=http://127.0.0.1:8083')
  })
})

describe('the registry', () => {
  it('is asked by the interface of its own', () => {
    expect(coreApi('http://u:p@h:8081/apis/ccompat/v7')).toBe('http://h:8081/apis/registry/v2')
    expect(coreApi('https://h/base/apis/ccompat/v7/')).toBe('https://h/base/apis/registry/v2')
  })

  it('has to be of a make that the converter reads', () => {
    expect(() => coreApi('http://h:8081')).toThrow('converter of your registry')
  })
})
