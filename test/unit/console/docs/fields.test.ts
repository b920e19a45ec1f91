import { describe, expect, it } from 'vitest'
import { AVRO_TOPICS, loadSchema } from '../../../../schemas/subjects.ts'
import { fieldRows } from '../../../../services/console/docs/fields.ts'

const rowsOf = (...fields: readonly object[]) =>
  fieldRows({ type: 'record', name: 'R', namespace: 'n', fields })

describe('a field of a record', () => {
  it.each([
    [
      { type: ['null', 'string'], doc: 'Given name. Null when not sent. [personal]' },
      { type: 'string', doc: 'Given name.', whenNull: 'when not sent', dataClass: 'personal' },
    ],
    [
      { type: ['null', 'string'], doc: 'M or F; null when it says neither. A link. [secret]' },
      { type: 'string', doc: 'M or F; A link.', whenNull: 'when it says neither', dataClass: 'secret' },
    ],
    [
      { type: { type: 'long', logicalType: 'timestamp-millis' }, doc: 'When it came.' },
      { type: 'time: ms since 1970, UTC', doc: 'When it came.', whenNull: null, dataClass: null },
    ],
    [
      { type: { type: 'enum', name: 'E', symbols: ['UNKNOWN', 'A'] }, doc: 'Kind.' },
      { type: 'one of UNKNOWN, A', doc: 'Kind.', whenNull: null, dataClass: null },
    ],
    [
      { type: { type: 'map', values: 'string' }, doc: 'Ids.' },
      { type: 'map of string', doc: 'Ids.', whenNull: null, dataClass: null },
    ],
  ])('%j says what it is', (field, row) => {
    expect(rowsOf({ name: 'a', ...field })).toEqual([{ path: 'a', ...row }])
  })

  it('that holds records is followed by theirs, and its class covers them', () => {
    const part = {
      type: 'record',
      name: 'Part',
      namespace: 'n',
      fields: [{ name: 'b', type: 'int', doc: 'B.' }],
    }
    const rows = rowsOf(
      { name: 'many', type: { type: 'array', items: part }, doc: 'Some. [personal]' },
      { name: 'again', type: ['null', 'n.Part'], doc: 'Null when none.' },
    )
    expect(rows.map(({ path, type, dataClass }) => [path, type, dataClass])).toEqual([
      ['many', 'list of record', 'personal'],
      ['many[].b', 'int', 'personal'],
      ['again', 'record', null],
      ['again.b', 'int', null],
    ])
  })
})

it.each(AVRO_TOPICS)('every field of %s says what it means and what null means', topic => {
  const rows = fieldRows({ ...loadSchema(topic) })
  expect(rows.length).toBeGreaterThan(3)
  const mute = rows.filter(({ doc, whenNull }) => doc === '' && !whenNull)
  expect(mute).toEqual([])
  expect(rows.filter(({ whenNull }) => whenNull === '').map(({ path }) => path)).toEqual([])
})
