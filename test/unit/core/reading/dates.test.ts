import fc from 'fast-check'
import { DateTime, Settings } from 'luxon'
import { afterEach, describe, expect, it } from 'vitest'
import { calendarDay, instant } from '../../../../services/core/reading/dates.ts'

const at = (iso: string): number => Date.parse(iso)

describe('instant', () => {
  it.each([
    ['2019-07-19T16:57:17+0200', '2019-07-19T14:57:17Z'],
    ['2016-01-20T14:27:00+01:00', '2016-01-20T13:27:00Z'],
    ['2016-01-20T14:27:00-05', '2016-01-20T19:27:00Z'],
    ['2016-01-20T14:27:00Z', '2016-01-20T14:27:00Z'],
    ['2016-01-20t14:27z', '2016-01-20T14:27:00Z'],
    ['2016-01-20 14:27:00 +0100', '2016-01-20T13:27:00Z'],
    ['2016-01-20T14:27:00.123456Z', '2016-01-20T14:27:00.123Z'],
    [' 2016-01-20T14:27:00Z ', '2016-01-20T14:27:00Z'],
  ])('reads %s in its own offset', (text, iso) => {
    expect(instant(text, 'Asia/Tokyo')).toEqual({ ms: at(iso), naive: false })
  })

  it.each([
    ['2017-06-28 15:57:55', 'UTC', '2017-06-28T15:57:55Z'],
    ['2017-06-28T15:57:55', 'Europe/Paris', '2017-06-28T13:57:55Z'],
    ['2017-01-28T15:57', 'Europe/Paris', '2017-01-28T14:57:00Z'],
    ['2017-06-28', 'Europe/Paris', '2017-06-27T22:00:00Z'],
  ])('reads %s in %s and says that it was naive', (text, zone, iso) => {
    expect(instant(text, zone)).toEqual({ ms: at(iso), naive: true })
  })

  it.each([
    null,
    undefined,
    1500000000,
    {},
    '',
    'yesterday',
    '2016',
    '2016-W21',
    '09:24',
    '0000-00-00 00:00:00',
    '-0001-11-30T00:00:00+0100',
    '2023-02-29T00:00:00Z',
    '2016-01-20T25:00:00Z',
    '2016-01-20T14:27:00+0200x',
    '2016-01-20+02:00',
  ])('finds no moment in %j', text => {
    expect(instant(text, 'UTC')).toBeNull()
  })

  it('finds no moment in a zone that does not exist', () => {
    expect(instant('2016-01-20T14:27:00', 'Europe/Nowhere')).toBeNull()
  })

  describe('does not depend on the present', () => {
    const now = Settings.now
    afterEach(() => {
      Settings.now = now
    })

    it.each(['2024-10-27T02:30:00', '2024-03-31T02:30:00'])('%s', text => {
      const readings = ['2024-07-01T00:00:00Z', '2024-12-01T00:00:00Z'].map(present => {
        Settings.now = () => at(present)
        return instant(text, 'Europe/Paris')
      })
      expect(readings[0]).toEqual(readings[1])
      expect(readings[0]).not.toBeNull()
    })
  })

  it('gives back the moment that any offset was written for', () => {
    const moments = fc.date({ min: new Date(0), max: new Date(at('2100-01-01')), noInvalidDate: true })
    fc.assert(
      fc.property(moments, fc.integer({ min: -14 * 60, max: 14 * 60 }), (moment, offset) => {
        const local = new Date(moment.getTime() + offset * 60_000).toISOString().slice(0, -1)
        const pad = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, '0')
        const written = `${local}${offset < 0 ? '-' : '+'}${pad(offset / 60)}${pad(offset % 60)}`
        expect(instant(written, 'UTC')?.ms).toBe(moment.getTime())
      }),
    )
  })
})

describe('calendarDay', () => {
  it.each([
    ['1970-01-01', 0],
    ['1970-01-02T00:30:00+0200', 1],
    ['1970-01-02T23:30:00-05:00', 1],
    ['1969-12-31T23:59:59Z', -1],
    [' 2019-07-19T00:00:00+0200 ', at('2019-07-19') / 86_400_000],
    ['2019-07-19 00:00:00', at('2019-07-19') / 86_400_000],
  ])('%s is the day as it was written', (text, day) => {
    expect(calendarDay(text)).toBe(day)
  })

  it.each([null, 5, '', '2019-02-30', '2019-07-19T99:00:00Z', '19/07/2019'])('%j is no day', text => {
    expect(calendarDay(text)).toBeNull()
  })
})

it('says of any text with an offset what luxon says', () => {
  const digits = (max: number) => fc.integer({ min: 0, max }).map(value => String(value).padStart(2, '0'))
  const fraction = fc.constantFrom('', '.5', ',25', '.123456789')
  const offset = fc.oneof(
    fc.constantFrom('Z', 'z'),
    fc
      .tuple(fc.constantFrom('+', '-'), digits(25), fc.constantFrom('', ':'), digits(61))
      .map(parts => parts.join('')),
  )
  const text = fc
    .tuple(
      fc.integer({ min: 1, max: 2100 }),
      digits(13),
      digits(32),
      digits(25),
      digits(61),
      digits(61),
      fraction,
      offset,
    )
    .map(
      ([year, month, day, hour, minute, second, rest, zone]) =>
        `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}${rest}${zone}`,
    )
  fc.assert(
    fc.property(text, iso => {
      const said = DateTime.fromISO(iso.toUpperCase(), { zone: 'utc' })
      expect(instant(iso, 'utc')).toEqual(said.isValid ? { ms: said.toMillis(), naive: false } : null)
    }),
    { numRuns: 5_000 },
  )
})
