import { expect, it } from 'vitest'
import { failureCode } from '../../../../services/platform/pulsifi/http-failure.ts'

const withCode = (code: unknown, cause?: unknown) =>
  Object.assign(new Error('to johndoe@gmail.com', { cause }), { code })

it.each([
  [withCode('ECONNREFUSED'), 'ECONNREFUSED'],
  [new Error('fetch failed', { cause: withCode('ENOTFOUND') }), 'ENOTFOUND'],
  [withCode(42, withCode('UND_ERR_SOCKET')), 'UND_ERR_SOCKET'],
  [withCode('a sentence'), 'UNKNOWN'],
  [new Error('johndoe@gmail.com'), 'UNKNOWN'],
  ['ECONNRESET', 'UNKNOWN'],
  [undefined, 'UNKNOWN'],
])('%# tells the code of an error and never its message', (error, code) => {
  expect(failureCode(error)).toBe(code)
})
