import { expect, it } from 'vitest'
import { hashSecret, isSecretHash, provesSecret } from '../../../../services/platform/process/secret-hash.ts'

it('proves a secret by its hash, which differs each time', async () => {
  const [first, second] = await Promise.all([hashSecret('a secret of mine'), hashSecret('a secret of mine')])
  expect(first).not.toBe(second)
  expect(isSecretHash(first)).toBe(true)
  expect(await provesSecret('a secret of mine', second)).toBe(true)
  expect(await provesSecret('a secret of yours', second)).toBe(false)
})

it.each(['', 'a secret of mine', 'scrypt$16$8$2$salt$hash'])('proves nothing by %j', async hash => {
  expect(isSecretHash(hash)).toBe(false)
  expect(await provesSecret('a secret of mine', hash)).toBe(false)
})
