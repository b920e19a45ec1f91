import { describe, expect, it } from 'vitest'
import {
  type Decision,
  decisionOf,
  parseDecision,
  planOf,
} from '../../../../services/platform/dead-letters/plan.ts'
import { letterOf } from '../letter.ts'

describe('what becomes of a letter', () => {
  const redriven: Decision = {
    decision: 'redriven',
    at: '2026-01-01',
    by: 'someone',
    to: 'normalizer.redrive',
    log: '',
  }
  const discarded: Decision = { decision: 'discarded', at: '2026-01-01', by: 'someone', to: null, log: '' }
  const sinkLetter = letterOf({ process: 'pulsifi-sink' })

  it.each([
    [
      'goes to the process that refused it',
      letterOf(),
      'redrive',
      undefined,
      { type: 'redrive', to: 'normalizer.redrive' },
    ],
    [
      'goes to the sink when the sink refused it',
      sinkLetter,
      'redrive',
      undefined,
      { type: 'redrive', to: 'pulsifi-sink.redrive' },
    ],
    ['is discarded', letterOf(), 'discard', undefined, { type: 'discard' }],
    [
      'goes back after all when it was only discarded',
      letterOf(),
      'redrive',
      discarded,
      { type: 'redrive', to: 'normalizer.redrive' },
    ],
    [
      'is left when it went back already',
      letterOf(),
      'redrive',
      redriven,
      { type: 'leave', why: 'redriven 2026-01-01' },
    ],
    [
      'is not discarded when it went back',
      letterOf(),
      'discard',
      redriven,
      { type: 'leave', why: 'redriven 2026-01-01' },
    ],
    [
      'is not discarded twice',
      letterOf(),
      'discard',
      discarded,
      { type: 'leave', why: 'discarded 2026-01-01' },
    ],
    [
      'of ingress can be discarded',
      letterOf({ process: 'ingress' }),
      'discard',
      undefined,
      { type: 'discard' },
    ],
  ] as const)('%s', (_law, letter, wanted, decided, plan) =>
    expect(planOf(letter, wanted, decided)).toEqual(plan),
  )

  it('of ingress is received again, because it never became an event', () => {
    expect(planOf(letterOf({ process: 'ingress' }), 'redrive', undefined)).toEqual({ type: 'receive' })
  })
})

describe('a decision', () => {
  it.each([
    [{ type: 'redrive', to: 'normalizer.redrive' }, 'redriven', 'normalizer.redrive'],
    [{ type: 'route', to: 'ats.raw.acme', records: [] }, 'redriven', 'ats.raw.acme'],
    [{ type: 'discard' }, 'discarded', null],
  ] as const)('of %j is read as it was written', (plan, decision, to) => {
    const written = decisionOf(plan, 'someone', 'cluster/topic', 0)
    expect(written).toEqual({
      decision,
      to,
      at: '1970-01-01T00:00:00.000Z',
      by: 'someone',
      log: 'cluster/topic',
    })
    expect(parseDecision(Buffer.from(JSON.stringify(written)))).toEqual(written)
  })

  it.each([null, Buffer.from('{'), Buffer.from('{}'), Buffer.from('null')])('is not %j', value =>
    expect(parseDecision(value)).toBeNull(),
  )
})
