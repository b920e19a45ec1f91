import { expect, it } from 'vitest'
import { hashSecret, isSecretHash, provesSecret } from '../../../../services/platform/process/secret-hash.ts'

it('proves a secret by its hash, which differs each time', async () => {
  const [first, second] = await Promise.all([hashSecret('a secret of mine'), hashSecret('a secret of mine')])
  expect(first).not.toBe(second)
  // 32 MiB, three times over: what OWASP asks for at this size.
  expect(first).toMatch(/^scrypt\$15\$8\$3\$/)
  expect(isSecretHash(first)).toBe(true)
  expect(await provesSecret('a secret of mine', second)).toBe(true)
  expect(await provesSecret('a secret of yours', second)).toBe(false)
})

it('takes a secret as it is, to its last character', async () => {
  const secret = ' A sécret of mine '.repeat(5)
  const hash = await hashSecret(secret)
  const others = [secret.toLowerCase(), secret.slice(0, 72)]
  for (const given of [secret, ...others])
    expect([given, await provesSecret(given, hash)]).toEqual([given, given === secret])
}, 30_000)

it.each(['', 'a secret of mine', 'scrypt$16$8$2$salt$hash'])('proves nothing by %j', async hash => {
  expect(isSecretHash(hash)).toBe(false)
  expect(await provesSecret('a secret of mine', hash)).toBe(false)
})
