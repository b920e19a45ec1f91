import { describe, expect, it } from 'vitest'
import { answerOf, type Decided } from '../../../../../services/console/figures/application/answer.ts'

const decided = (known: Partial<Decided>) =>
  answerOf({
    ...{ application_key: 'idibu:acme:1#2', outcome: 'INVITED', status: null, reasons: [] },
    ...known,
  })

describe('an answer', () => {
  it('says who can do what about each reason', () => {
    expect(decided({ outcome: 'BLOCKED', reasons: ['EMAIL_MISSING'] })).toMatchObject({
      decided: 'Blocked',
      reasons: [{ code: 'EMAIL_MISSING', text: 'No e-mail address', owner: 'recruiter' }],
      acts: [{ resolution: 'decide-again' }],
    })
  })

  it.each(['ECONNRESET', 'REPLY_LOST', 'HTTP_504'])(
    'tells %s, which leaves it open, without a code',
    reason => {
      const {
        decided: heading,
        explanation,
        reasons,
        next,
        acts,
      } = decided({
        outcome: 'AMBIGUOUS',
        reasons: [reason],
      })
      const said = [
        heading,
        explanation,
        next,
        ...reasons.map(({ text, action }) => `${text} ${action}`),
      ].join(' ')
      expect(said).not.toMatch(/[A-Z]{3}/)
      expect(explanation).toContain('invite somebody twice')
      expect(acts.map(({ resolution }) => resolution)).toEqual(['invited', 'not-invited'])
    },
  )

  it('warns that whoever has it decided again vouches for what nobody else knows', () => {
    const consequenceOf = (reasons: string[]) => decided({ outcome: 'WAITING', reasons }).acts[0]?.consequence
    expect(consequenceOf(['APPLIED_AT_UNKNOWN'])).toContain('that the person applied lately')
    expect(consequenceOf(['JOB_UNBOUND'])).not.toContain('that the person applied lately')
  })

  it.each([
    [{ outcome: 'INVITED', status: 'completed' }, 'Assessment completed', /complete/],
    [{ outcome: 'INVITED', status: 'expired' }, 'Invitation expired', /invited twice/],
    [{ outcome: 'INVITED', status: 'paused' }, 'Invited, paused', /Nothing/],
    [{ outcome: 'INTENDED' }, 'Invitation on its way to Pulsifi', /awaited/],
  ] as const)('of %j leaves nothing to decide', (known, heading, next) => {
    expect(decided(known)).toMatchObject({ decided: heading, next: expect.stringMatching(next), acts: [] })
  })

  it('is there before anything was decided', () => {
    expect(answerOf(null)).toMatchObject({ decided: 'Not decided yet', acts: [] })
  })
})
