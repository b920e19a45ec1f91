import { expect, it } from 'vitest'
import { civilityOf } from '../../../services/sources/civility.ts'

it.each([
  ['M', ['M', 'm.', 'MR', 'Mr.', 'MISTER', 'Monsieur ', 'Herr', 'HERRN', 'Hr.', 'Señor', 'Dhr.', 'Homme']],
  [
    'F',
    [
      'F',
      'MISS',
      'Mrs.',
      'Ms',
      'Mme',
      'Mlle.',
      'Madame',
      'Frau',
      'Fräulein',
      'Fru',
      'Sra.',
      'Mevrouw',
      'Female',
    ],
  ],
  ['D', ['D', 'X', 'Mx', 'Divers', 'Non-binary']],
])('reads as %s: %j', (civility, words) => {
  expect(words.map(civilityOf)).toEqual(words.map(() => civility))
})

it.each([
  ['Frau Dr.', 'F'],
  ['Herr Prof. Dr.', 'M'],
  ['M. le Docteur', 'M'],
  ['Dr', null],
  ['UNKNOWN', null],
  ['M./Mme', null],
  ['Mr & Mrs', null],
  ['Prof. D.', null],
  ['', null],
  [null, null],
])('of titles and pairs, %j says %s', (raw, civility) => {
  expect(civilityOf(raw)).toBe(civility)
})
