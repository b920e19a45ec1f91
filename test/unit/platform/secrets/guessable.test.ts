import { randomBytes } from 'node:crypto'
import { dictionary } from '@zxcvbn-ts/language-common'
import { expect, it } from 'vitest'
import { guessabilityOf } from '../../../../services/platform/secrets/guessable.ts'

/** As long as a secret of ours must be. */
const known = dictionary['passwords-common'].map(String).filter(password => password.length >= 16)

it('is said of every known password that is long enough', { timeout: 60_000 }, () => {
  expect(known.length).toBeGreaterThan(20)
  expect(known.filter(password => guessabilityOf(password) === null)).toEqual([])
})

it.each([
  'passwordpassword1',
  'P@ssw0rdP@ssw0rd1',
  '1234567890123456',
  '0123456789abcdef0123456789abcdef',
  'qwertyuiop123456789',
  'changemechangeme',
  'Summer2026Summer2026',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'hunter2hunter2hunter2',
])('is said of what is made of them: %s', { timeout: 30_000 }, secret => {
  expect(guessabilityOf(secret)).toContain('can be guessed')
  expect(guessabilityOf(secret)).not.toContain(secret)
})

it('is said of nothing that was drawn', { timeout: 60_000 }, () => {
  const drawn = Array.from({ length: 10 }, () => [
    randomBytes(8).toString('hex'),
    randomBytes(16).toString('hex'),
    randomBytes(24).toString('base64url'),
  ]).flat()
  expect(drawn.filter(secret => guessabilityOf(secret) !== null)).toEqual([])
})

it('is answered in time for what is very long', { timeout: 30_000 }, () => {
  expect(guessabilityOf('x'.repeat(1_000_000))).not.toBeNull()
  expect(guessabilityOf(randomBytes(100_000).toString('hex'))).toBeNull()
})
