import { readFileSync } from 'node:fs'
import { AvroSchemaParser } from '@asyncapi/avro-schema-parser'
import { Parser } from '@asyncapi/parser'
import { describe, expect, it } from 'vitest'
import { asyncapiFile, generateAsyncapi } from '../../schemas/generate-asyncapi.ts'
import { AVRO_TOPICS } from '../../schemas/subjects.ts'

const text = readFileSync(asyncapiFile, 'utf8')

describe('the contract of the topics', () => {
  it('is generated from the schemas and topics.yaml as they are', () => {
    expect(text).toBe(generateAsyncapi())
  })

  it('is a valid AsyncAPI document', async () => {
    const parser = new Parser()
    parser.registerSchemaParser(AvroSchemaParser())
    const { document, diagnostics } = await parser.parse(text)
    expect(diagnostics.filter(({ severity }) => severity === 0)).toEqual([])
    expect(document?.channels().all().length).toBeGreaterThan(AVRO_TOPICS.length)
  })

  it('describes every Avro topic with its schema', () => {
    const { channels, components } = JSON.parse(text)
    const addresses = Object.values<{ address: string }>(channels).map(({ address }) => address)
    expect(addresses).toEqual(expect.arrayContaining([...AVRO_TOPICS]))
    const schemas = Object.values<{ payload?: { schema: { name: string } } }>(components.messages)
    expect(schemas.filter(({ payload }) => payload !== undefined)).toHaveLength(AVRO_TOPICS.length)
  })
})
