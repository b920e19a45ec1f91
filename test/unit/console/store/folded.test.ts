import { expect, it } from 'vitest'
import { folded, wordsOf } from '../../../../services/console/store/folded.ts'

it.each([
  ['Müller', 'muller'],
  ['Mu\u0308ller', 'muller'],
  ['ŁÓDŹ Ørsted Þór', 'lodz orsted thor'],
  ['Straße, Œuvre, Æble', 'strasse, oeuvre, aeble'],
  ['İstanbul ısı', 'istanbul isi'],
  ['ＡＢＣ ﬁn', 'abc fin'],
  ['日本 Ελλάδα', '日本 ελλαδα'],
])('%s is found as %s', (text, found) => {
  expect(folded([text])).toBe(found)
})

it('leaves out what is not there', () => {
  expect(folded(['Zoë', null, 'Ångström'])).toBe('zoe angstrom')
})

it('looks for each word, and for so many at most', () => {
  expect(wordsOf('  Zoë   ÅNG ')).toEqual(['zoe', 'ang'])
  expect(wordsOf('a b c d e f g h i')).toHaveLength(8)
})
