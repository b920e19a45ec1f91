import { expect, it } from 'vitest'
import { isoTime, named } from '../../../../services/platform/avro/spelling.ts'
import { misspelled } from '../../../support/json-spelling.ts'

it('spells fields as records do, all the way down, and times as ISO text', () => {
  const value = { failedAtMs: 0, eventId: null, parts: [{ cpuCores: 1.5 }], pulsifi: { callsPerDay: 3 } }
  expect(named({ ...value, decidedAtMs: null, list: ['aB'] })).toEqual({
    failed_at: '1970-01-01T00:00:00.000Z',
    event_id: null,
    parts: [{ cpu_cores: 1.5 }],
    pulsifi: { calls_per_day: 3 },
    decided_at: null,
    list: ['aB'],
  })
  expect(isoTime(Number.NaN)).toBeNull()
})

it.each([
  ['a field in camel case', { a: [{ eventId: 1 }] }, ['.a[].eventId']],
  ['a time as a number', { made_at: 5 }, ['.made_at: 5 is no ISO time']],
  [
    'a number that looks like a time',
    { some: 1_700_000_000_000 },
    ['.some: 1700000000000 looks like a time'],
  ],
  ['nothing where others name the members', { headers: { 'content-type': 'x' } }, []],
  ['nothing where all is well', { made_at: null, key: 'a', known_at: '2026-01-01T00:00:00.000Z' }, []],
])('the check of all output finds %s', (_what, value, faults) => {
  expect(misspelled(value)).toEqual(faults)
})
