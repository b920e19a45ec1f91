/** The HTTP API as a page, from its own description. */
import { z } from 'zod'
import { documentOf, type Html, html, withCode } from './html.ts'

const Schema = z.looseObject({})
const Content = z.record(z.string(), z.object({ schema: Schema.optional() }))
const Operation = z.object({
  operationId: z.string(),
  tags: z.array(z.string()),
  summary: z.string(),
  description: z.string().default(''),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        required: z.boolean(),
        description: z.string().default(''),
        schema: Schema,
      }),
    )
    .default([]),
  requestBody: z.object({ content: Content }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string(), content: Content.optional() })),
})
const Document = z.object({
  info: z.object({ description: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
})
type Operation = z.output<typeof Operation>

export function apiPage(openApi: unknown): string {
  const { info, paths } = Document.parse(openApi)
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const tags = [...new Set(operations.map(({ operation }) => operation.tags[0] ?? ''))]
  const sorted = tags.flatMap(tag => operations.filter(({ operation }) => operation.tags[0] === tag))
  return documentOf({
    title: 'HTTP API',
    path: '/docs/api',
    contents: sorted.map(
      ({
        path,
        operation: {
          operationId: id,
          tags: [group = ''],
        },
      }) => ({
        ...{ id, group, label: path.replace('/api', '') },
      }),
    ),
    intro: html`<p class="lead">${info.description} Made from <a href="/api/openapi.json">openapi.json</a>.</p>`,
    body: sorted.map(({ path, method, operation }) => section(path, method, operation)),
  })
}

const section = (
  path: string,
  method: string,
  operation: Operation,
): Html => html`<section class="card" id="${operation.operationId}">
  <h2><a href="#${operation.operationId}"><span class="method">${method}</span> ${path}</a></h2>
  <p><strong>${operation.summary}.</strong> ${withCode(operation.description)}</p>
  ${operation.parameters.length === 0 ? null : parameterTable(operation)}
  ${schemaOf('Body', operation.requestBody?.content)}
  <dl class="facts">${Object.entries(operation.responses).map(([status, { description }]) => html`<dt>${status}</dt><dd>${description}</dd>`)}</dl>
  ${columnTable(operation.responses[200]?.content)}
  ${schemaOf('Answer', operation.responses[200]?.content)}
</section>`

const Columns = z.object({
  items: z.object({
    properties: z.record(z.string(), z.looseObject({ description: z.string().default('') })),
  }),
})

/** Of a file. */
function columnTable(content: z.output<typeof Content> | undefined): Html | null {
  const schema = Object.entries(content ?? {}).find(([type]) => type !== 'application/json')?.[1].schema
  if (schema === undefined) return null
  const { properties } = Columns.parse(schema).items
  return html`<table class="cards fields">
  <thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
  <tbody>${Object.entries(properties).map(
    ([name, { description, ...column }]) => html`<tr>
      <td data-label="Column"><code>${name}</code></td>
      <td data-label="Type">${columnType(column)}</td>
      <td data-label="Meaning">${withCode(description)}</td>
    </tr>`,
  )}</tbody>
</table>`
}

function columnType({ type, anyOf, format }: Readonly<Record<string, unknown>>): string {
  const kinds = Array.isArray(anyOf) ? anyOf.map(one => Schema.parse(one)) : [{ type, format }]
  const known = kinds.map(one => (one.format === 'date-time' ? 'time' : String(one.type)))
  const named = known.filter(kind => kind !== 'null').join(' or ')
  return named.length < known.join(' or ').length ? `${named}, or nothing` : named
}

const parameterTable = ({ parameters }: Operation): Html => html`<table class="cards fields">
  <thead><tr><th scope="col">Query</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
  <tbody>${parameters.map(
    ({ name, required, description, schema }) => html`<tr>
      <td data-label="Query"><code>${name}</code>${required ? ' (required)' : null}</td>
      <td data-label="Type">${typeOf(schema)}</td>
      <td data-label="Meaning">${withCode(description)}</td>
    </tr>`,
  )}</tbody>
</table>`

function typeOf({
  type,
  enum: values,
  default: fallback,
  minimum,
  maximum,
}: z.output<typeof Schema>): string {
  const range =
    minimum === undefined && maximum === undefined ? '' : `, ${minimum ?? '…'} to ${maximum ?? '…'}`
  const kind = Array.isArray(values) ? `one of ${values.join(', ')}` : String(type ?? 'any')
  return `${kind}${range}${fallback === undefined ? '' : `, default ${String(fallback)}`}`
}

function schemaOf(label: string, content: z.output<typeof Content> | undefined): Html | null {
  const schema = content?.['application/json']?.schema
  return schema === undefined
    ? null
    : html`<details><summary>${label}: JSON Schema</summary><pre>${JSON.stringify(schema, null, 2)}</pre></details>`
}
