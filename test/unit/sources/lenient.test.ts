import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  answersOf,
  customFields,
  decimal,
  integer,
  list,
  named,
  optionalObject,
  readMoment,
  text,
} from '../../../services/sources/lenient.ts'

describe('text', () => {
  it.each([
    [' a ', 'a'],
    ['', null],
    ['  ', null],
    [null, null],
    [undefined, null],
    [false, null],
    [true, 'true'],
    [0, '0'],
    [-1, '-1'],
  ])('%j is %j', (value, expected) => {
    expect(text.parse(value)).toBe(expected)
  })

  it.each([
    [[], null],
    [{}, null],
    [['a'], 'a'],
    [{ fr: 'a' }, 'a'],
    [{ id: 3, label: 'a' }, 'a'],
    [{ id: 3, label: null }, null],
  ])('wrapped as %j is %j', (value, expected) => {
    expect(text.parse(value)).toBe(expected)
  })

  it.each([[['a', 'b']], [{ fr: 'a', en: 'b' }], [{ label: {} }]])('refuses %j', value => {
    expect(text.safeParse(value).success).toBe(false)
  })
})

describe('numbers', () => {
  it.each([
    ['-1', -1, -1],
    [0, 0, 0],
    ['3.0', 3, 3],
    ['12.5', null, 12.5],
    ['', null, null],
    ['n/a', null, null],
    ['1e3', null, null],
    [undefined, null, null],
    ['99999999999', null, 99_999_999_999],
  ])('%j', (value, whole, any) => {
    expect(integer.parse(value)).toBe(whole)
    expect(decimal.parse(value)).toBe(any)
  })
})

describe('what is absent', () => {
  const Schema = z.object({ one: optionalObject(z.object({ id: text })), many: list(z.object({ id: text })) })

  it.each([undefined, null, false, '', [[]]])('an object or a list may be %j', value => {
    const nothing = Array.isArray(value) ? [] : value
    expect(Schema.parse({ one: nothing, many: nothing })).toEqual({ one: null, many: [] })
    expect(Schema.parse({})).toEqual({ one: null, many: [] })
  })

  it.each([1, 'x', ['x']])('but %j is no object', value => {
    expect(Schema.safeParse({ one: value }).success).toBe(false)
  })
})

describe('lists', () => {
  const Places = list(z.object({ id: text, place: text }), 'place')

  it.each([
    [[{ id: 1 }], [{ id: '1', place: null }]],
    [
      { 0: { id: 1 }, 2: { id: 3 } },
      [
        { id: '1', place: null },
        { id: '3', place: null },
      ],
    ],
    [{ id: 1 }, [{ id: '1', place: null }]],
    ['Lyon', [{ id: null, place: 'Lyon' }]],
    [
      ['Lyon', { place: 'Bron' }],
      [
        { id: null, place: 'Lyon' },
        { id: null, place: 'Bron' },
      ],
    ],
    ['', []],
    [{}, []],
  ])('%j', (value, expected) => {
    expect(Places.parse(value)).toMatchObject(expected)
  })
})

describe('answers', () => {
  it.each([
    [false, ['false']],
    [true, ['true']],
    [0, ['0']],
    ['Ja', ['Ja']],
    [
      ['A', false],
      ['A', 'false'],
    ],
    [{ value: 'x' }, ['x']],
    [{ a: 1, b: 2 }, ['{"a":1,"b":2}']],
    [null, []],
    ['', [null]],
  ])('%j', (value, expected) => {
    expect(answersOf(value)).toEqual(expected)
  })
})

describe('named', () => {
  it.each([
    ['Lyon', { id: null, label: 'Lyon' }],
    [69, { id: null, label: '69' }],
    [
      { id: 69, name: 'Rhône' },
      { id: '69', label: 'Rhône' },
    ],
    [
      { label: 'a', name: 'b' },
      { id: null, label: 'a' },
    ],
    [{ id: '7' }, { id: '7', label: null }],
    [
      { code: 84, libelle: 'Vaucluse' },
      { id: '84', label: 'Vaucluse' },
    ],
    [{ tag: 'x' }, null],
    [['69'], null],
    ['', null],
    [null, null],
  ])('%j is %j', (value, expected) => {
    expect(named(value)).toEqual(expected)
  })
})

describe('customFields', () => {
  it('keeps types as JSON text and leaves out what is empty', () => {
    const values = { a: 'x', b: 0, c: [1], d: null, e: '', f: [], g: undefined, h: false, ['__proto__']: 1 }
    expect(Object.entries(customFields(values))).toEqual([
      ['a', '"x"'],
      ['b', '0'],
      ['c', '[1]'],
      ['__proto__', '1'],
    ])
  })
})

describe('readMoment', () => {
  it.each([
    [null, null, []],
    ['2017-06-28 15:57:55', Date.parse('2017-06-28T15:57:55Z'), ['NAIVE_TIME']],
    ['2017-06-28T15:57:55Z', Date.parse('2017-06-28T15:57:55Z'), []],
    ['soon', null, ['TIME_INVALID']],
  ])('%j', (field, expected, noted) => {
    const warnings = new Set<string>()
    expect(readMoment(field, 'UTC', warnings)).toBe(expected)
    expect([...warnings]).toEqual(noted)
  })
})
