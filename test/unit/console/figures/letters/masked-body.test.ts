import { expect, it } from 'vitest'
import { maskedJson, maskedText } from '../../../../../services/console/figures/letters/masked-body.ts'

it('leaves names, structure and what says nothing of a person', () => {
  const body = {
    id: 17,
    first_name: 'Noor',
    note: '',
    email: { a: 1 },
    is_active: true,
    cv: null,
    tags: ['a', []],
  }
  expect(maskedJson(body)).toEqual({
    ...{ id: '***', first_name: '*** 4 characters', note: '', email: { a: '***' } },
    ...{ is_active: true, cv: null, tags: ['*** 1 characters', []] },
  })
})

it.each(['noor@example.com', '+32 470 00 00 00', 'Noor Voorbeeld', ''])(
  'takes %j as the name of a field for the value that it is',
  name => expect(maskedJson({ known: 1, [name]: 2 })).toEqual({ known: '***', '*** 2': '***' }),
)

it('shows of a text where it was cut, and no letter of it', () => {
  expect(maskedText('{"name": "Zoë 江, 7')).toBe('{"xxxx": "xxx x, 0')
  // Letters that are written as two.
  expect(maskedText('Zoe\u0308')).toBe('xxxx')
})
