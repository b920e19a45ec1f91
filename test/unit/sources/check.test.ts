import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkLeniently } from '../../../services/sources/check.ts'
import { identifier, list, optionalObject, text } from '../../../services/sources/lenient.ts'

const Body = z.object({
  id: identifier,
  name: text,
  status: text,
  place: optionalObject(z.object({ city: text, zip: z.string().optional() }), 'city'),
  jobs: list(z.object({ id: identifier, title: text })),
})
const check = (body: unknown, decisive: readonly string[] = []) =>
  checkLeniently(body, Body, new Set(decisive))

describe('a fault in a body', () => {
  it.each([
    ['a field', { id: 1, name: ['a', 'b'] }, ['name'], { id: '1', name: null }],
    [
      'a field of an object',
      { id: 1, place: { city: 'Lyon', zip: 69 } },
      ['place.zip'],
      { place: { city: 'Lyon' } },
    ],
    [
      'a field of an object in a list',
      { id: 1, place: [{ city: 'Lyon', zip: 69 }] },
      ['place.zip'],
      { place: { city: 'Lyon' } },
    ],
    ['an object', { id: 1, place: 7.5, name: { a: 1, b: 2 } }, ['name'], { place: { city: '7.5' } }],
    [
      'an element without its id',
      { id: 1, jobs: [{ id: 2 }, { title: 'x' }, { id: 3 }] },
      ['jobs.1'],
      { jobs: [{ id: '2' }, { id: '3' }] },
    ],
    [
      'elements of a list with a gap',
      { id: 1, jobs: { 0: { id: 2 }, 7: { title: 'x' } } },
      ['jobs.1'],
      { jobs: [{ id: '2' }] },
    ],
    [
      'a title of the only element',
      { id: 1, jobs: { id: 2, title: [1, 2] } },
      ['jobs.0.title'],
      { jobs: [{ id: '2', title: null }] },
    ],
    [
      'what is no element',
      { id: 1, jobs: [null, 'x', { id: 2 }] },
      ['jobs.0', 'jobs.1'],
      { jobs: [{ id: '2' }] },
    ],
  ])('costs %s', (_, body, dropped, value) => {
    const before = structuredClone(body)
    const checked = check(body)
    expect(checked).toMatchObject({ error: null, value })
    expect(checked.dropped.map(path => path.join('.'))).toEqual(dropped)
    expect(body).toEqual(before)
  })

  it.each([[{}], [{ id: '' }], [{ id: { a: 1, b: 2 } }], [null], ['x'], [[]]])(
    'costs %j, which lacks what is required',
    body => {
      expect(check(body)).toMatchObject({ value: null })
    },
  )

  it('costs the body where something would be decided otherwise, and nothing less', () => {
    const body = { id: 1, status: ['a', 'b'], jobs: [{ id: 1, title: [1, 2] }] }
    expect(check(body, ['status'])).toMatchObject({ value: null })
    expect(check(body, ['jobs.title'])).toMatchObject({ value: null })
    expect(check(body, ['title', 'jobs.id'])).toMatchObject({ error: null })
  })

  it('never costs more than the fields, whatever they hold', () => {
    const odd = fc.jsonValue({ maxDepth: 3 })
    fc.assert(
      fc.property(fc.record({ name: odd, status: odd, place: odd, jobs: odd }), fields => {
        expect(check({ ...fields, id: 1 })).toMatchObject({ error: null, value: { id: '1' } })
      }),
    )
  })
})
