/** Secrets of people, kept as what only proves them: scrypt with a salt of its own (RFC 7914). */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt)

/** 32 MiB, three times, for each guess, as OWASP asks. Secrets are drawn, and too long to be guessed anyway. */
const COST = { N: 2 ** 15, r: 8, p: 3 }
const BYTES = 32
const FORM = /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{22,})\$([\w-]{43})$/
/** A hash that asks for more is no hash of ours. */
const MEMORY_MAX = 512 * 1024 * 1024

export const isSecretHash = (text: string): boolean => FORM.test(text)

/** `scrypt$<log2 N>$<r>$<p>$<salt>$<hash>`, both in base64url. */
export async function hashSecret(secret: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(secret, salt, BYTES, { ...COST, maxmem: MEMORY_MAX })
  const parts = [Math.log2(COST.N), COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')]
  return `scrypt$${parts.join('$')}`
}

/** False, too, for what is no hash. */
export async function provesSecret(secret: string, hash: string): Promise<boolean> {
  const [, logN, r, p, salt = '', expected = ''] = FORM.exec(hash) ?? []
  if (logN === undefined) return false
  const cost = { N: 2 ** Number(logN), r: Number(r), p: Number(p), maxmem: MEMORY_MAX }
  const derived = await derive(secret, Buffer.from(salt, 'base64url'), BYTES, cost)
  return timingSafeEqual(derived, Buffer.from(expected, 'base64url'))
}
