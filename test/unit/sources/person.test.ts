import { describe, expect, it } from 'vitest'
import { readPerson } from '../../../services/sources/person.ts'

const named = (first_name: string | null, last_name: string | null = 'Öst') =>
  readPerson({ first_name, last_name, email: null })

describe('a name', () => {
  it.each([
    'Anna',
    'Jean Pierre',
    'ANNE-MARIE',
    'O’Brien',
    'محمد',
    '伟',
    'José́',
    'Anna🌸',
    'Martin Jr.',
    'می\u200cخواهم',
  ])('%s stays', name => {
    expect(named(name)).toMatchObject({ person: { first_name: name }, warnings: [] })
  })

  it.each([
    ['&Eacute;lo&iuml;se', 'Éloïse'],
    ['L&#039;Hermite', "L'Hermite"],
    ['<b>Jean</b>', 'Jean'],
    ['Jean\tPierre', 'Jean Pierre'],
    ['\u200fمحمد\u200e', 'محمد'],
    ['An\u00adna', 'Anna'],
  ])('%j is %s', (given, name) => {
    expect(named(given)).toMatchObject({ person: { first_name: name }, warnings: ['NAME_REPAIRED'] })
  })

  it.each(['\u200b', '\u00ad\u2060', '.', '-', '<br>', '0'])('%j is none', given => {
    expect(named(given)).toMatchObject({ person: { first_name: null }, warnings: ['NAME_REPAIRED'] })
  })
})

it.each([
  ['ana@example.com', 'ana@example.com', []],
  ['<ana@example.com>', 'ana@example.com', ['EMAIL_REPAIRED']],
  ['a@b', 'a@b', ['EMAIL_INVALID']],
  [null, null, []],
])('the address %j is %j', (email, read, warnings) => {
  expect(readPerson({ first_name: null, last_name: null, email })).toMatchObject({
    person: { email: read },
    warnings,
  })
})
