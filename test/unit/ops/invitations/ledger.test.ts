import { describe, expect, it } from 'vitest'
import { candidateKeyIn, commandInBulk, inLedger } from '../../../../services/ops/invitations/ledger.ts'
import { invitationRecord } from '../../../support/ledger-records.ts'

describe('a filter of the ledger', () => {
  const record = invitationRecord({
    candidate_key: 'idibu:acme:1',
    job_key: 'idibu:acme:9',
    outcome: 'BLOCKED',
    reasons: ['EMAIL_MISSING', 'JOB_BLOCKED:TITLE_MISSING'],
  })
  it.each([
    [{}, true],
    [{ outcome: 'BLOCKED', source: 'idibu', tenant: 'acme', job: 'idibu:acme:9' }, true],
    [{ outcome: 'INVITED' }, false],
    [{ source: 'jobylon' }, false],
    [{ tenant: 'default' }, false],
    [{ job: 'idibu:acme' }, false],
    [{ reason: 'EMAIL_MISSING' }, true],
    [{ reason: 'JOB_BLOCKED' }, true],
    [{ reason: 'JOB_BLOCKED:TITLE_MISSING' }, true],
    [{ reason: 'EMAIL' }, false],
  ])('%j: %s', (filter, expected) => expect(inLedger(record, filter)).toBe(expected))
})

it.each([
  [{ outcome: 'WAITING' }, { command: 'decide-again', attempt: 2 }],
  [{ outcome: 'INVITED', pulsifi_candidate_id: 'c-1' }, null],
  [{ outcome: 'AMBIGUOUS' }, null],
  [
    { outcome: 'AMBIGUOUS', reasons: ['LEDGER_LOST'], pulsifi_candidate_id: 'c-1' },
    { command: 'resolve', attempt: 2, pulsifiCandidateId: 'c-1' },
  ],
] as const)('of many, %j is resolved by %j', (change, command) => {
  const record = invitationRecord({
    ...change,
    reasons: [...('reasons' in change ? change.reasons : [])],
    attempt: 2,
  })
  const { application_key: applicationKey } = record
  expect(commandInBulk(record)).toEqual(command && { ...command, applicationKey })
})

it.each([
  ['idibu:default:1#2', 'idibu:default:1'],
  ['jobylon:default:1', 'jobylon:default:1'],
])('the records of application %s stand with %s', (key, expected) =>
  expect(candidateKeyIn(key)).toBe(expected),
)
