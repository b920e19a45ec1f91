import { describe, expect, it } from 'vitest'
import { outcomeOf } from '../../../../infra/demo/outcome-words.ts'
import type { InvitationOutcome } from '../../../../schemas/types.ts'

const invitation = (outcome: InvitationOutcome, ...reasons: string[]) => ({ outcome, reasons })
const result = (status: string, ...scores: [string, number][]) => ({
  status,
  scores: scores.map(([score_type, score_value]) => ({ score_type, score_value, score_format: 100 })),
})

describe('the outcome of an application', () => {
  it.each([
    ['WAITING', 'JOB_UNBOUND'],
    ['INTENDED', ''],
    ['INVITED', ''],
    ['UNKNOWN', ''],
  ] as const)('%s is not the end: something is still to come', (outcome, reason) => {
    expect(outcomeOf(invitation(outcome, reason), undefined).hasEnded).toBe(false)
  })

  it.each(['BLOCKED', 'SKIPPED', 'AMBIGUOUS', 'FAILED'] as const)('%s is an end', outcome => {
    expect(outcomeOf(invitation(outcome, 'EMAIL_MISSING'), undefined).hasEnded).toBe(true)
  })

  it.each(['opened', 'started'])('an assessment that is %s goes on', status => {
    expect(outcomeOf(invitation('INVITED'), result(status))).toEqual({
      words: `invited, ${status}`,
      hasEnded: false,
    })
  })

  it('completed names the scores in plain words', () => {
    const completed = result('completed', ['role_fit', 74], ['organizational_fit', 61])
    expect(outcomeOf(invitation('INVITED'), completed)).toEqual({
      words: 'invited, completed: role fit 74, organizational fit 61',
      hasEnded: true,
    })
  })

  it('completed without fit scores, and expired, are ends too', () => {
    expect(outcomeOf(invitation('INVITED'), result('completed'))).toMatchObject({ hasEnded: true })
    expect(outcomeOf(invitation('INVITED'), result('expired'))).toMatchObject({ hasEnded: true })
  })

  it('an application of which no topic speaks has not ended', () => {
    expect(outcomeOf(undefined, undefined).hasEnded).toBe(false)
  })
})
