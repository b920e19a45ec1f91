import { expect, it } from 'vitest'
import { tally } from '../../../../services/ops/dead-letters/dead-letters.ts'

it('letters are counted by their code, the commonest first', () => {
  expect(tally([{ code: 'A' }, { code: 'B' }, { code: 'B' }])).toBe('2 B, 1 A')
})
