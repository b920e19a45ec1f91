import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import avro from 'avsc'
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest'
import {
  AVRO_TOPICS,
  loadSchema,
  type RecordOf,
  type RecordSchema,
  subjectOf,
} from '../../schemas/subjects.ts'
import { PULSIFI_REFERENCE } from '../../services/core/topics.ts'
import { createCodec } from '../../services/platform/avro/codec.ts'
import { createRegistryClient } from '../../services/platform/avro/registry.ts'

declare module 'vitest' {
  interface ProvidedContext {
    registryUrl: string
  }
}

const url = inject('registryUrl')
const registry = createRegistryClient({ url })
const record: RecordOf[typeof PULSIFI_REFERENCE] = {
  reference: 'direct_a1',
  kind: 'EXT_REFERENCE_ID',
  application_key: 'direct:default:a1',
  partition: 3,
  attempt: 2,
  claims: [],
  updated_at: 1_700_000_000_123,
}

beforeAll(() => registry.registerSubjects())

describe('registered subjects', () => {
  it.each(AVRO_TOPICS)('hold the schema of %s, readable by the id that values carry', async topic => {
    const id = registry.idOf(topic) ?? -1
    const { schema } = await get(`/schemas/ids/${id}`)
    // Canonically, because some registries rewrite the text.
    const registered = avro.Type.forSchema(JSON.parse(String(schema)))
    expect(registered.equals(avro.Type.forSchema(loadSchema(topic)))).toBe(true)
    expect(await get(`/subjects/${subjectOf(topic)}/versions/latest`)).toMatchObject({ id })
  })

  it.each(AVRO_TOPICS)('allow %s only changes that are compatible with every version', async topic => {
    expect(await get(`/config/${subjectOf(topic)}`)).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' })
  })

  it('get the same ids when they are registered again, by several processes at once', async () => {
    const clients = Array.from({ length: 3 }, () => createRegistryClient({ url }))
    await Promise.all(clients.map(client => client.registerSubjects()))
    for (const client of clients) {
      expect(AVRO_TOPICS.map(client.idOf)).toEqual(AVRO_TOPICS.map(registry.idOf))
    }
  })

  it('set the compatibility that another process has not come to set yet', async () => {
    const subject = subjectOf(PULSIFI_REFERENCE)
    await put(`/config/${subject}`, 'NONE')
    await createRegistryClient({ url }).registerSubjects()
    expect(await get(`/config/${subject}`)).toMatchObject({ compatibilityLevel: 'FULL_TRANSITIVE' })
  })
})

describe('the registry', () => {
  /** A subject of its own for each test, with the first version registered. */
  async function subjectWithFirstVersion() {
    const library = new SchemaRegistry({ host: url })
    const options = { subject: `test-${randomUUID()}-value`, compatibility: 'FULL_TRANSITIVE' as never }
    await library.register(loadSchema(PULSIFI_REFERENCE), options)
    const register = (change: (schema: RecordSchema) => void) => {
      const schema = loadSchema(PULSIFI_REFERENCE)
      change(schema)
      return library.register(schema, options)
    }
    return { library, register }
  }

  it('accepts a new field with a default, and our codec reads what another client wrote with it', async () => {
    const { library, register } = await subjectWithFirstVersion()
    const { id } = await register(({ fields }) => {
      fields.unshift({ name: 'added', type: 'string', default: '' })
    })
    const value = await library.encode(id, { ...record, added: 'new' })
    const codec = createCodec(registry)
    await codec.prepare([value])
    expect(id).not.toBe(registry.idOf(PULSIFI_REFERENCE))
    expect(codec.decode(PULSIFI_REFERENCE, value)).toEqual(record)
  })

  it('lets another client read what we wrote', async () => {
    const value = createCodec(registry).encode(PULSIFI_REFERENCE, record)
    expect(await new SchemaRegistry({ host: url }).decode(value)).toEqual(record)
  })

  it('refuses a new field without a default', async () => {
    const { register } = await subjectWithFirstVersion()
    await expect(
      register(({ fields }) => void fields.push({ name: 'added', type: 'string' })),
    ).rejects.toThrow()
  })

  it('refuses that a key goes away', async () => {
    const { register } = await subjectWithFirstVersion()
    await expect(register(({ fields }) => void fields.shift())).rejects.toThrow()
  })

  it('has no schema under an id that nobody registered', async () => {
    expect(await registry.writerSchema(2_000_000_000)).toBeNull()
  })
})

describe('our client', () => {
  const ready: Answer = {
    config: [200, { compatibilityLevel: 'FULL_TRANSITIVE' }],
    register: [200, { id: 1 }],
  }

  it('waits for a registry that is starting', async () => {
    const starting: Answer = { config: [503, {}], register: [503, {}] }
    const { client } = await clientOf(count => (count <= 3 ? starting : ready))
    await client.registerSubjects()
    expect(client.idOf(PULSIFI_REFERENCE)).toBe(1)
  })

  it('registers again when another process registers the same subject at that moment', async () => {
    const conflict: Answer = { ...ready, register: [409, { message: 'The artifact version exists' }] }
    const { client } = await clientOf(count => (count <= 2 ? conflict : ready))
    await client.registerSubjects()
    expect(client.idOf(PULSIFI_REFERENCE)).toBe(1)
  })

  it('gives up on a registry that is not there', async () => {
    const nobody = createRegistryClient({ url: 'http://127.0.0.1:9', retriesMax: 1 })
    await expect(nobody.writerSchema(1)).rejects.toThrow()
    await expect(nobody.registerSubjects()).rejects.toThrowError(/Check that SCHEMA_REGISTRY_URL/)
  })

  it('gives up on a registry that accepts a request and never answers', async () => {
    const { client } = await clientOf(() => null)
    await expect(client.registerSubjects()).rejects.toThrowError(/Timeout/)
  })

  it('leaves a compatibility that somebody chose, and says how to change it', async () => {
    const { client, paths } = await clientOf(() => ({
      ...ready,
      config: [200, { compatibilityLevel: 'BACKWARD' }],
    }))
    await expect(client.registerSubjects()).rejects.toThrowError(/Set it with PUT http:.*\/config\/ats[.]/)
    expect(paths.filter(path => !path.startsWith('GET'))).toEqual([])
  })

  it('says which subject refuses its schema, and what to do', async () => {
    const { client } = await clientOf(() => ({ ...ready, register: [409, { message: 'Incompatible' }] }))
    await expect(client.registerSubjects()).rejects.toThrowError(
      /^Subject ats[.]canonical[.]job[.]v1-value .* Incompatible[.] .*schemas\/README[.]md/,
    )
  })

  it('presents the credentials of its URL and never prints them', async () => {
    const { client, authorizations } = await clientOf(
      () => ({ ...ready, register: [403, {}] }),
      'key:s%40cret@',
    )
    const error = await client.registerSubjects().catch((caught: Error) => caught)
    expect(new Set(authorizations)).toEqual(new Set([`Basic ${btoa('key:s@cret')}`]))
    expect(inspect(error, { depth: 10 })).not.toMatch(/s%40cret|s@cret/)
  })
})

interface Answer {
  readonly config: readonly [status: number, body: object]
  readonly register: readonly [status: number, body: object]
}

/** Our client of a stand-in registry that answers by the number of the request; null is silence. */
async function clientOf(answerOf: (count: number) => Answer | null, credentials = '') {
  const paths: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`)
    authorizations.push(request.headers.authorization)
    const answer = answerOf(paths.length)
    if (!answer) return
    const [status, body] = request.url?.startsWith('/config') ? answer.config : answer.register
    response.writeHead(status).end(JSON.stringify(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const client = createRegistryClient({
    url: `http://${credentials}127.0.0.1:${port}`,
    retriesMax: 4,
    timeoutMs: 100,
  })
  return { client, paths, authorizations }
}

async function get(path: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`)
  return (await response.json()) as Record<string, unknown>
}

async function put(path: string, compatibility: string): Promise<void> {
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
  const response = await fetch(`${url}${path}`, {
    method: 'PUT',
    headers,
    body: JSON.stringify({ compatibility }),
  })
  expect(response.status).toBe(200)
}
