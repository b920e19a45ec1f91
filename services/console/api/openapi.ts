/** The description of the API, made from the declarations that also check what comes in. */
import { z } from 'zod'
import type { Endpoint } from '../figures/endpoint.ts'
import { EXPORTS, type Export, FORMATS, LIST_SEPARATOR } from './exports.ts'

type Json = Record<string, unknown>

export function openApiDocument(operations: readonly Endpoint[], version: string): Json {
  const paths: Record<string, Json> = {}
  for (const operation of operations)
    paths[operation.path] = { ...paths[operation.path], [operation.method]: describe(operation) }
  for (const [name, declared] of Object.entries(EXPORTS))
    for (const [format, { type }] of Object.entries(FORMATS))
      paths[`/api/exports/${name}.${format}`] = { get: describeExport(name, format, declared, type) }
  return {
    openapi: '3.1.0',
    info: {
      title: 'atsflow console',
      version,
      description:
        'What became of every application, read from the topics. Times are ISO 8601 in UTC. CONSOLE_TOKEN as bearer, or the cookie of a session from /login; where neither a token nor users are set only the machine itself may ask. Users who are limited to tenants are shown these alone.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: schemaOf(ERROR) },
    },
  }
}

const ERROR = z.object({ error: z.object({ code: z.string(), message: z.string() }) })

const schemaOf = (schema: z.ZodType, io: 'input' | 'output' = 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io }) as Json
  return rest
}

const content = (schema: Json): Json => ({ 'application/json': { schema } })
const error = (description: string): Json => ({
  description,
  content: content({ $ref: '#/components/schemas/Error' }),
})

function describe(operation: Endpoint): Json {
  const { name, tag, summary, description, query, body, response, lasts, asks } = operation
  return {
    operationId: name,
    tags: [tag],
    summary,
    description,
    parameters: parametersOf(query),
    ...(body === null ? {} : { requestBody: { required: true, content: content(schemaOf(body, 'input')) } }),
    responses: {
      200: { description: summary, content: content(schemaOf(response)) },
      ...(lasts === 'until-a-record'
        ? { 304: { description: 'Nothing has changed since the ETag that was sent' } }
        : {}),
      400: error('The input does not fit'),
      401: error('No valid token or session'),
      ...(asks === undefined
        ? {}
        : { 403: error('The user may not do this, or a page of another site sent it') }),
      429: error('Too many wrong secrets from this address'),
      ...(body === null ? {} : WRITING_REFUSED),
    },
  }
}

const WRITING_REFUSED = {
  403: error('A page of another site sent it'),
  413: error('More than 64 KiB'),
  415: error('Not application/json'),
  default: error('It could not be done; the sentence says why'),
}

function parametersOf(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }))
}

const describeExport = (
  name: string,
  format: string,
  { summary, query, row }: Export,
  type: string,
): Json => ({
  operationId: `export_${name}_${format}`,
  tags: ['exports'],
  summary,
  description: [
    'A row for each, with these columns. A filter finds what the page shows with it; a parameter that is not listed is refused.',
    `Times are ISO 8601 in UTC; the parts of a list are parted by "${LIST_SEPARATOR.trim()}". The same columns are those of the table \`${name}\` for SQL,`,
    'apart from figures of the scores of one type.',
  ].join('\n'),
  parameters: parametersOf(query),
  responses: {
    200: {
      description: `A ${format} file`,
      content: { [type.split(';')[0] ?? type]: { schema: { type: 'array', items: columnsOf(row) } } },
    },
    400: error('A parameter does not fit'),
    401: error('No valid token or session'),
  },
})

/** Of a file: lists are text there. */
function columnsOf(row: z.ZodObject): Json {
  const { properties = {}, ...schema } = schemaOf(row) as { properties?: Record<string, Json> }
  const columns = Object.entries(properties).map(([name, { items, ...column }]) => [
    name,
    items === undefined ? column : { ...column, type: 'string' },
  ])
  return { ...schema, properties: Object.fromEntries(columns) }
}
