import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteCharacters, jsonShape, TextCharacters } from '../../../services/core/json-shape.ts'

/** Members and elements as the parsed value has them, and the outermost one. */
const valuesOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Object.values(value).reduce((sum: number, part) => sum + valuesOf(part), 0)
    : 1

describe.each([
  ['bytes', (text: string) => new ByteCharacters(Buffer.from(text))],
  ['text', (text: string) => new TextCharacters(text)],
])('the shape of JSON in %s', (_name, charactersOf) => {
  const shapeOf = (text: string) => jsonShape(charactersOf(text), () => false)

  it.each([
    ['{"a":[1,2,{"b":"]}{[,"}]}', { items: 1, depth: 3, numberLength: 1 }],
    ['[{},{},{"a":[1,2]}]', { items: 3, depth: 3, numberLength: 1 }],
    ['{"a":1}\n{"a":2}\n', { items: 2, depth: 1, numberLength: 1 }],
    ['["\\\\","\\",",-12.5e+10]', { items: 3, depth: 1, numberLength: 8 }],
    ['"unclosed [[[', { items: 0, depth: 0, numberLength: 0 }],
    ['', { items: 0, depth: 0, numberLength: 0 }],
  ])('of %s is counted', (text, expected) => {
    expect(shapeOf(text)).toMatchObject(expected)
  })

  it('counts never less than there is, and at most twice as much', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const { values } = shapeOf(JSON.stringify(value))
        const real = valuesOf(value)
        return values >= (real - 1) / 2 && values <= real * 2
      }),
    )
  })

  it('is not read further than it is asked for', () => {
    const text = charactersOf('['.repeat(1024 * 1024))
    expect(jsonShape(text, ({ depth }) => depth > 64)).toEqual({
      items: 1,
      values: 65,
      depth: 65,
      numberLength: 0,
    })
  })
})
