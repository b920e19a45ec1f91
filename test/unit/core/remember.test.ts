import { expect, it } from 'vitest'
import { remember } from '../../../services/core/remember.ts'

/** Remembers two answers; `asked` is what it did not know. */
function rememberTwo() {
  const asked: string[] = []
  const answer = remember<string | null>(text => {
    asked.push(text)
    return text === 'none' ? null : text.toUpperCase()
  }, 2)
  return { answer, asked }
}

it('asks once for what it is asked again', () => {
  const { answer, asked } = rememberTwo()
  expect([answer('a'), answer('b'), answer('a'), answer('b')]).toEqual(['A', 'B', 'A', 'B'])
  expect(asked).toEqual(['a', 'b'])
})

it('remembers that there is no answer', () => {
  const { answer, asked } = rememberTwo()
  expect([answer('none'), answer('none')]).toEqual([null, null])
  expect(asked).toEqual(['none'])
})

it('begins afresh when it has as many answers as it may keep', () => {
  const { answer, asked } = rememberTwo()
  for (const text of ['a', 'b', 'c', 'c', 'a']) answer(text)
  expect(asked).toEqual(['a', 'b', 'c', 'a'])
})

it('keeps no long text', () => {
  const { answer, asked } = rememberTwo()
  const long = 'x'.repeat(101)
  expect([answer(long), answer(long)]).toEqual([long.toUpperCase(), long.toUpperCase()])
  expect(asked).toEqual([long, long])
})
