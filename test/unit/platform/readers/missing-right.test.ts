import { expect, it } from 'vitest'
import { checkRights, rightTeller } from '../../../../services/platform/readers/missing-right.ts'

it('is red for as long as any reader lacks a right, and names each right once', () => {
  expect(checkRights([{ denied: null }, { denied: null }])).toMatchObject({ ok: true })
  const lacking = [
    { denied: 'Read on a' },
    { denied: null },
    { denied: 'Read on a' },
    { denied: 'Read on b' },
  ]
  expect(checkRights(lacking)).toEqual({ ok: false, detail: 'Read on a; Read on b' })
})

it('is an error in the log, and its end is none', () => {
  const lines: string[] = []
  const tell = rightTeller({
    error: (_fields: object, text: string) => void lines.push(`error: ${text}`),
    info: (_fields: object, text: string) => void lines.push(`info: ${text}`),
  } as never)
  tell('Read on a')
  tell(null)
  expect(lines).toEqual([
    'error: Not everything is read: Read on a',
    'info: What could not be read is read again.',
  ])
})
