import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseBody } from '../../../services/sources/parse-body.ts'

const Envelope = z.object({ id: z.number() })
const read = (body: Uint8Array) => parseBody({ headers: {}, body }, Envelope)
const readText = (text: string) => read(new TextEncoder().encode(text))

describe('parseBody', () => {
  it('gives the value and the text it was read from', () => {
    expect(readText(' {"id": 1, "x": 2}')).toEqual({
      type: 'ok',
      value: { value: { id: 1 }, text: ' {"id": 1, "x": 2}' },
    })
  })

  it('reads past a byte order mark', () => {
    expect(readText('\uFEFF{"id":1}')).toEqual({ type: 'ok', value: { value: { id: 1 }, text: '{"id":1}' } })
  })

  it.each([
    ['bytes that are not UTF-8', Uint8Array.of(0x22, 0xe9, 0x22)],
    ['nothing', new Uint8Array()],
    ['a cut body', new TextEncoder().encode('{"id":1')],
    ['nesting without end', new TextEncoder().encode('['.repeat(1_000_000))],
  ])('refuses %s as unreadable', (_, body) => {
    expect(read(body)).toMatchObject({ type: 'reject', code: 'BODY_UNREADABLE' })
  })

  it('names what is at fault and never its value', () => {
    expect(readText('{"id":"jane@example.com"}')).toEqual({
      type: 'reject',
      code: 'NOT_ROUTABLE',
      detail: 'id: invalid_type',
    })
    expect(JSON.stringify(readText('jane@example.com'))).not.toContain('jane')
  })
})
