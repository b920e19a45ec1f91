import { expect, it } from 'vitest'
import { blobUri } from '../../../services/core/blob.ts'

it('puts everything of one candidate under one prefix, and nothing of another', () => {
  const [first, second, other] = [
    blobUri('t', 'a:t:1', 'aa'),
    blobUri('t', 'a:t:1', 'bb'),
    blobUri('t', 'a:t:2', 'aa'),
  ]
  expect(first).toMatch(/^blob:t\/[0-9a-f]{32}\/aa$/)
  expect(second.slice(0, -2)).toBe(first.slice(0, -2))
  expect(other.slice(0, -2)).not.toBe(first.slice(0, -2))
})
