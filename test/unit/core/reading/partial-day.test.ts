import { describe, expect, it } from 'vitest'
import { isUntilToday, partialDay } from '../../../../services/core/reading/partial-day.ts'

const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)
const spanOf = (text: string) => {
  const found = partialDay(text)
  return found && [iso(found.first), iso(found.last), found.precision]
}

describe('a day as a CV writes it', () => {
  it.each([
    ['2020-03-05', '2020-03-05', '2020-03-05', 'DAY'],
    ['2020-03-05T23:00:00-05:00', '2020-03-05', '2020-03-05', 'DAY'],
    ['5 March 2020', '2020-03-05', '2020-03-05', 'DAY'],
    ['March 5th, 2020', '2020-03-05', '2020-03-05', 'DAY'],
    ['1er août 2020', '2020-08-01', '2020-08-01', 'DAY'],
    ['01/02/2015', '2015-02-01', '2015-02-01', 'DAY'],
    ['01/31/2015', '2015-01-31', '2015-01-31', 'DAY'],
    ['2020-03', '2020-03-01', '2020-03-31', 'MONTH'],
    ['2020/2', '2020-02-01', '2020-02-29', 'MONTH'],
    ['02/2021', '2021-02-01', '2021-02-28', 'MONTH'],
    ['March 2021', '2021-03-01', '2021-03-31', 'MONTH'],
    ['Sept. 2021', '2021-09-01', '2021-09-30', 'MONTH'],
    ['décembre 2019', '2019-12-01', '2019-12-31', 'MONTH'],
    ['juin 2019', '2019-06-01', '2019-06-30', 'MONTH'],
    ['juil. 2019', '2019-07-01', '2019-07-31', 'MONTH'],
    ['maj 2019', '2019-05-01', '2019-05-31', 'MONTH'],
    ['oktober 2019', '2019-10-01', '2019-10-31', 'MONTH'],
    ['2018', '2018-01-01', '2018-12-31', 'YEAR'],
  ])('%s is from %s to %s', (text, ...span) => {
    expect(spanOf(text)).toEqual(span)
  })

  it.each([
    '',
    'spring',
    '20',
    '13/2020',
    '31/02/2020',
    'Marzipan',
    'spring 2020',
    '2020-00',
    '0000',
    '1 2 3',
  ])('is not in %j', text => {
    expect(partialDay(text)).toBeNull()
  })
})

it.each([
  ...['Present', 'current', 'now', 'To date', 'Aujourd’hui', "aujourd'hui", 'Actuellement', 'en cours'],
  ...['Nuvarande', 'pågående', 'idag', 'tills vidare', 'nåværende', 'Nuværende', 'heden'],
])('%j lasts until today', word => {
  expect(isUntilToday(word)).toBe(true)
})

it.each([null, '', '2020', 'resigned', 'presentation', 'not current'])('%j does not', word => {
  expect(isUntilToday(word)).toBe(false)
})
