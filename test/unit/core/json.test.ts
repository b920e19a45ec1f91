import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EACH,
  elementTexts,
  JSON_DEPTH_MAX,
  memberText,
  parseJson,
  replaceValues,
} from '../../../services/core/json.ts'

const nested = (levels: number, inner = ''): string => '['.repeat(levels) + inner + ']'.repeat(levels)

describe('parseJson', () => {
  it.each([
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['9007199254740992', '9007199254740992'],
    ['-9007199254740993', '-9007199254740993'],
    ['123456789012345678', '123456789012345678'],
    ['0.1234567890123456', 0.1234567890123456],
    ['1e21', 1e21],
    ['1234567890123456789.5', 1234567890123456800],
    ['12345678901234567e2', 1234567890123456800],
    ['"12345678901234567890"', '12345678901234567890'],
  ])('reads %s as %o', (text, value) => {
    expect(parseJson(text)).toBe(value)
    expect(parseJson(`{"a":[${text}]}`)).toEqual({ a: [value] })
  })

  it('keeps the digits of the last of duplicate keys', () => {
    expect(parseJson('{"id":1,"id":12345678901234567891}')).toEqual({ id: '12345678901234567891' })
    expect(parseJson('{"id":12345678901234567891,"id":1}')).toEqual({ id: 1 })
  })

  it('refuses nesting beyond the limit and reads nesting up to it', () => {
    expect(parseJson(nested(JSON_DEPTH_MAX))).toBeInstanceOf(Array)
    expect(() => parseJson(nested(JSON_DEPTH_MAX + 1))).toThrow(SyntaxError)
    expect(() => parseJson('[{"a":'.repeat(100_000))).toThrow(SyntaxError)
    expect(() => parseJson(nested(100_000, '1234567890123456'))).toThrow(SyntaxError)
  })

  it('counts no brackets inside strings', () => {
    expect(parseJson(JSON.stringify(['['.repeat(1000), '\\"[['.repeat(100)]))).toHaveLength(2)
  })

  it.each([
    '',
    '{',
    '[1,]',
    '{"a":}',
    "{'a':1}",
    '1 2',
    '[123456789012345678',
    '{12345678901234567: 1}',
    '{ 12345678901234567 \n:1}',
    '[012345678901234567]',
    '[--12345678901234567]',
    '[+12345678901234567]',
    '["a"12345678901234567]',
    '[true12345678901234567]',
  ])('throws at %s', text => {
    expect(() => parseJson(text)).toThrow(SyntaxError)
  })

  it('takes no more than a few times as long for long integers: one body cannot keep everybody waiting', () => {
    const text = `[${'12345678901234567,'.repeat(400_000)}1]`
    const msOf = (read: (text: string) => unknown) => {
      const startedMs = performance.now()
      read(text)
      return performance.now() - startedMs
    }
    const plainMs = Math.max(50, ...[1, 2, 3].map(() => msOf(JSON.parse)))
    expect(Math.min(...[1, 2, 3].map(() => msOf(parseJson)))).toBeLessThan(20 * plainMs)
    expect((parseJson(text) as unknown[]).slice(-2)).toEqual(['12345678901234567', 1])
  })

  it('agrees with JSON.parse on everything that a float can hold', () => {
    const asDigits = (_: string, value: unknown): unknown =>
      Number.isInteger(value) && !Number.isSafeInteger(value) && /^-?\d+$/.test(String(value))
        ? String(value)
        : value
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), value => {
        const text = JSON.stringify({ value, run: 1234567890123456 })
        expect(parseJson(text)).toEqual(JSON.parse(text, asDigits))
      }),
    )
  })
})

const space = fc.constantFrom('', ' ', '\n', '\t', '\r\n  ')

describe('elementTexts', () => {
  it('gives each element as it was written', () => {
    expect(elementTexts(' [ {"a" : 1.50} ,"x,]\\"" , [ ],-0 ,null\n] ')).toEqual([
      '{"a" : 1.50}',
      '"x,]\\""',
      '[ ]',
      '-0',
      'null',
    ])
  })

  it.each(['[]', ' [ ] ', '{"a":[1]}', '"[1]"', '7'])('gives nothing for %s', text => {
    expect(elementTexts(text)).toEqual([])
  })

  it('cuts any array into the texts of its elements', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), space, fc.constantFrom(undefined, 1), (values, gap, indent) => {
        const texts = values.map(value => JSON.stringify(value, null, indent))
        expect(elementTexts(`${gap}[${gap}${texts.join(`${gap},${gap}`)}${gap}]`)).toEqual(texts)
      }),
    )
  })
})

describe('memberText', () => {
  const text = '{ "a" : {"b":[1, 2] , "c\\u0064": "}" }, "n": 1.0, "a\\"b": {} , "__proto__": {"x":1} }'

  it.each([
    [[], text],
    [['a'], '{"b":[1, 2] , "c\\u0064": "}" }'],
    [['a', 'b'], '[1, 2]'],
    [['a', 'cd'], '"}"'],
    [['n'], '1.0'],
    [['a"b'], '{}'],
    [['__proto__', 'x'], '1'],
    [['b'], undefined],
    [['n', 'x'], undefined],
    [['a', 'b', '0'], undefined],
    [['constructor'], undefined],
  ])('%j is %s', (path, expected) => {
    expect(memberText(text, path)).toBe(expected)
  })

  it('takes the last of duplicate keys, at every level', () => {
    expect(memberText('{"a":{"b":1},"a":{"b":2,"b":3}}', ['a', 'b'])).toBe('3')
    expect(memberText('{"a":{"b":1},"a":2}', ['a', 'b'])).toBeUndefined()
  })

  it('finds what JSON.parse finds', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom(undefined, 2),
        (value, indent) => {
          const written = JSON.stringify(value, null, indent)
          for (const [key, member] of Object.entries(value)) {
            expect(JSON.stringify(JSON.parse(memberText(written, [key]) ?? ''))).toBe(JSON.stringify(member))
          }
        },
      ),
    )
  })
})

describe('replaceValues', () => {
  const path = ['a', EACH, 'b'] as const
  const marked = (text: string) => replaceValues(text, path, value => `<${value}>`)

  it.each([
    ['{ "a": [ {"b": 1.50}, {"c":2} ,{"b":"}"} ] }', '{ "a": [ {"b": <1.50>}, {"c":2} ,{"b":<"}">} ] }'],
    ['{"a":{"0":{"b":1},"7":{"b":[2]}}}', '{"a":{"0":{"b":<1>},"7":{"b":<[2]>}}}'],
    ['{"a":{"b":1,"b":{}}}', '{"a":{"b":<1>,"b":<{}>}}'],
    ['{"\\u0061":[{"b":1}]}', '{"\\u0061":[{"b":<1>}]}'],
    ['{"a":[1,"b",[{"b":1}]]}', '{"a":[1,"b",[{"b":1}]]}'],
    ['[{"a":1}]', '[{"a":1}]'],
    ['"a"', '"a"'],
  ])('%s becomes %s', (text, expected) => {
    expect(marked(text)).toBe(expected)
  })
})
