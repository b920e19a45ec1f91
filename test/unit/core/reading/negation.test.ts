import { expect, it } from 'vitest'
import { isDenied, isSaid } from '../../../../services/core/reading/negation.ts'

const WORD = /\b(?:active|CDI|distans|permanent)\b/gi

it.each(['active', 'Active now', 'un CDI', 'not sure, but active', 'en plus un CDI', 'distans'])(
  '%s is said',
  text => {
    expect([isSaid(text, WORD), isDenied(text, WORD)]).toEqual([true, false])
  },
)

it.each([
  'not active',
  'No longer active',
  "isn't active",
  'non-permanent',
  'pas de CDI',
  'sans CDI',
  'ej distans',
  'not yet active',
])('%s is denied', text => {
  expect([isSaid(text, WORD), isDenied(text, WORD)]).toEqual([false, true])
})

it('says neither of a text that is about something else', () => {
  expect([isSaid('closed', WORD), isDenied('closed', WORD)]).toEqual([false, false])
})
