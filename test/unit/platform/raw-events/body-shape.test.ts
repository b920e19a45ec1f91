import { describe, expect, it } from 'vitest'
import {
  BODY_ITEMS_MAX,
  BODY_VALUES_MAX,
  bodyShape,
  NUMBER_LENGTH_MAX,
  shapeFault,
} from '../../../../services/platform/raw-events/body-shape.ts'

const shapeOf = (text: string) => bodyShape(Buffer.from(text))
const faultOf = (text: string) => shapeFault(shapeOf(text))

describe('the shape of a body', () => {
  it.each([
    ['as many events as are allowed', `[${Array(BODY_ITEMS_MAX).fill('{}').join()}]`, null],
    [
      'one event more',
      `[${Array(BODY_ITEMS_MAX + 1)
        .fill('{}')
        .join()}]`,
      'too-many-items',
    ],
    ['one line more', '{}\n'.repeat(BODY_ITEMS_MAX + 1), 'too-many-items'],
    ['too many values in one event', `{"a":[${'0,'.repeat(BODY_VALUES_MAX)}0]}`, 'too-complex'],
    ['a number of many digits', `{"id":${'9'.repeat(NUMBER_LENGTH_MAX + 1)}}`, 'too-complex'],
    ['64 levels', '['.repeat(64), null],
    ['65 levels', '['.repeat(65), 'too-complex'],
    ['a string of many digits', `{"id":"${'9'.repeat(10_000)}"}`, null],
  ])('is judged: %s', (_name, text, fault) => {
    expect(faultOf(text)).toBe(fault)
  })

  it('is not read further than its first fault', () => {
    expect(shapeOf('['.repeat(1024 * 1024))).toEqual({ items: 1, values: 65, depth: 65, numberLength: 0 })
  })
})
