import { describe, expect, it } from 'vitest'
import {
  applyChange,
  type Change,
  decideCreate,
  duplicatesIn,
  emptyState,
  type State,
} from '../../../infra/pulsifi-sandbox/state.ts'
import { candidateOf } from './candidate.ts'

function stateAfter(...changes: Change[]): State {
  const state = emptyState()
  for (const change of changes) applyChange(state, change)
  return state
}

const created = (id: string, reference: string): Change => ({
  type: 'candidate',
  candidate: candidateOf({ candidate_id: id, invite_code: `code-${id}`, ext_reference_id: reference }),
})

describe('a second create with the same reference', () => {
  const { candidateIdsByReference } = stateAfter(created('c1', 'idibu_1'), created('c2', 'idibu_1'))

  it.each([
    ['allow', 'idibu_1', { type: 'create' }],
    ['reject', 'idibu_1', { type: 'reject' }],
    ['return-existing', 'idibu_1', { type: 'return', id: 'c1' }],
    ['allow', 'idibu_2', { type: 'create' }],
    ['reject', 'idibu_2', { type: 'create' }],
    ['return-existing', 'idibu_2', { type: 'create' }],
  ] as const)('under %s for %s decides %j', (policy, reference, decision) => {
    expect(decideCreate(policy, candidateIdsByReference, reference)).toEqual(decision)
  })
})

describe('state', () => {
  it('shows a double invitation, and only that', () => {
    const state = stateAfter(created('c1', 'idibu_1'), created('c2', 'idibu_1'), created('c3', 'idibu_2'))
    expect(duplicatesIn(state.candidateIdsByReference)).toEqual({ idibu_1: 2 })
  })

  it('counts no candidate twice because it changed', () => {
    const state = stateAfter(created('c1', 'idibu_1'), created('c1', 'idibu_1'))
    expect(duplicatesIn(state.candidateIdsByReference)).toEqual({})
  })

  it('finds a candidate by invitation code', () => {
    expect(stateAfter(created('c1', 'idibu_1')).candidateIdByInviteCode.get('code-c1')).toBe('c1')
  })

  it('forgets everything when it is cleared', () => {
    expect(stateAfter(created('c1', 'idibu_1'), { type: 'cleared' })).toEqual(emptyState())
  })
})
