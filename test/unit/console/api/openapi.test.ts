import { validate } from '@apidevtools/swagger-parser'
import { expect, it } from 'vitest'
import { openApiDocument } from '../../../../services/console/api/openapi.ts'
import { OPERATIONS } from '../../../../services/console/api/operations.ts'

const document = openApiDocument(OPERATIONS, '1.2.3')

it('describes the API in valid OpenAPI 3.1', async () => {
  const api = await validate(structuredClone(document) as never)
  expect(api).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } })
})

it('describes every operation, and says what each figure counts', () => {
  const paths = document.paths as Record<string, Record<string, { description?: string }>>
  for (const { path, method, description } of OPERATIONS) {
    expect(paths[path]?.[method]?.description).toBe(description)
    expect(description.length).toBeGreaterThan(40)
  }
  expect(Object.keys(paths).filter(path => path.startsWith('/api/exports/'))).toHaveLength(8)
})
