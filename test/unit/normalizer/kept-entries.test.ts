import { expect, it } from 'vitest'
import { KEY_SEPARATOR } from '../../../services/core/identity.ts'
import { written } from '../../../services/normalizer/decide.ts'
import { type Kept, keptEntries } from '../../../services/normalizer/kept-entries.ts'
import { candidateRecord } from '../../support/candidate-record.ts'
import { jsonCodec } from '../../support/json-codec.ts'

const KEY = { type: 'candidate', key: 'source:default:1' } as const
const named = (...parts: readonly string[]) => parts.join(KEY_SEPARATOR)
const VERSION = named('candidate', KEY.key)
const OTHERS = [
  named('deleted', 'candidate', KEY.key),
  named('held', 'candidate', KEY.key),
  named('files', KEY.key),
]

function kept(change: Parameters<typeof candidateRecord>[0]): Kept {
  const canonical = { type: 'candidate', record: candidateRecord(change) } as const
  return { canonical, version: written(jsonCodec(), canonical).version }
}
const entriesOf = (what: Kept | null, isKnown: boolean) => new Map(keptEntries(KEY, what, isKnown, () => []))

it('removes nothing of a key of which nothing is known', () => {
  expect([...entriesOf(kept({}), false).keys()]).toEqual([VERSION])
  expect([...entriesOf(null, false)]).toEqual([])
})

it('removes of a known key whatever no longer holds', () => {
  const entries = entriesOf(kept({}), true)
  expect([...entries.keys()]).toEqual([VERSION, ...OTHERS])
  expect(OTHERS.map(name => entries.get(name))).toEqual([undefined, undefined, undefined])
  expect([...entriesOf(null, true)]).toEqual([VERSION, ...OTHERS].map(name => [name, undefined]))
})

it('writes that a key is deleted, known or not', () => {
  const deleted = kept({ lifecycle: 'DELETED', deleted_at: 7 })
  for (const isKnown of [true, false]) expect(entriesOf(deleted, isKnown).get(OTHERS[0] ?? '')).toBe(7)
})
