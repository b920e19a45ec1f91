import { describe, expect, it } from 'vitest'
import { commandOf, objectionTo, shellCommandOf } from '../../../services/core/resolution.ts'
import { invitationRecord } from '../../support/ledger-records.ts'

describe('a resolution', () => {
  it.each([
    ['AMBIGUOUS', 'invited', true],
    ['AMBIGUOUS', 'not-invited', true],
    ['AMBIGUOUS', 'decide-again', false],
    ['INVITED', 'invited', false],
    ['INVITED', 'not-invited', false],
    ['INVITED', 'decide-again', false],
    ['INTENDED', 'not-invited', false],
    ['INTENDED', 'decide-again', false],
    ['BLOCKED', 'decide-again', true],
    ['SKIPPED', 'decide-again', true],
    ['WAITING', 'decide-again', true],
    ['FAILED', 'decide-again', true],
    ['FAILED', 'not-invited', false],
  ] as const)('of what is %s as %s is possible: %s', (outcome, resolution, isPossible) => {
    expect(objectionTo(invitationRecord({ outcome }), resolution) === null).toBe(isPossible)
  })

  it.each([
    ['not-invited', false],
    ['invited', true],
  ] as const)('of what Pulsifi has called back about as %s is possible: %s', (resolution, isPossible) => {
    const record = invitationRecord({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST', 'PULSIFI_CONFIRMED'] })
    expect(objectionTo(record, resolution) === null).toBe(isPossible)
  })
})

it('speaks of the attempt that was seen, and of the candidate that was named', () => {
  const record = invitationRecord({ application_key: 'idibu:acme:1#2', attempt: 3 })
  const about = { applicationKey: 'idibu:acme:1#2', attempt: 3 }
  expect(commandOf('decide-again', record, null)).toEqual({ command: 'decide-again', ...about })
  expect(commandOf('invited', record, 'c-1')).toEqual({
    ...{ command: 'resolve', pulsifiCandidateId: 'c-1' },
    ...about,
  })
  expect(commandOf('not-invited', record, null)).toMatchObject({ pulsifiCandidateId: null })
})

it.each([
  ['idibu:acme:1#2', 'not-invited', "'idibu:acme:1#2' --not-invited"],
  ["idibu:acme:o'b $HOME", 'decide-again', `'idibu:acme:o'\\''b $HOME' --decide-again`],
  ['idibu:acme:1#2', 'invited', "'idibu:acme:1#2' --invited <candidate id>"],
] as const)('of %s as %s is a command that a shell takes as it is', (key, resolution, expected) =>
  expect(shellCommandOf(resolution, key)).toBe(`npm run ops -- invitations resolve ${expected}`),
)
