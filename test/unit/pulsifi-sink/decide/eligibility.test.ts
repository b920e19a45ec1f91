import { describe, expect, it } from 'vitest'
import {
  type Applicant,
  type EligibilityPolicy,
  judge,
} from '../../../../services/pulsifi-sink/decide/eligibility.ts'
import { aBinding, aBoundBinding } from '../ledger-records.ts'
import { aCandidate, anApplication } from '../records.ts'

const NOW_MS = Date.UTC(2026, 0, 15, 12)
const TODAY = Math.floor(NOW_MS / 86_400_000)
const request = { job_id: 'p', ext_reference_id: 'jobylon_7', is_anonymous_candidate: true }
const policy: EligibilityPolicy = {
  ...{ nowMs: NOW_MS, inviteSinceMs: 1_000, inviteOnClosed: false, appliedWithinMs: NOW_MS },
  fit: () => ({ type: 'fitted', request, adjustments: [] }),
}
const anApplicant = (change: Partial<Applicant> = {}): Applicant => ({
  ...{ candidate: aCandidate(), application: anApplication(), trigger: 'invite', hasAccount: true },
  isReleased: false,
  ...{ binding: aBoundBinding(), ...change },
})

it('invites whom nothing keeps from it', () => {
  expect(judge(anApplicant(), policy)).toMatchObject({ type: 'invite', fit: { request } })
})

describe('skips', () => {
  it.each([
    ['OPTED_OUT', { candidate: aCandidate({ communications_opt_out: true }) }],
    ['SPONTANEOUS_JOB', { binding: aBoundBinding({ job_kind: 'SPONTANEOUS' }) }],
    ['NOT_APPLICANT_STATUS', { trigger: 'NOT_APPLICANT_STATUS' }],
    ['APPLICATION_CLOSED', { trigger: 'APPLICATION_CLOSED' }],
    ['BEFORE_INVITE_SINCE', { trigger: 'BEFORE_INVITE_SINCE' }],
    ['BEFORE_INVITE_SINCE', { application: anApplication({ applied_at: 999 }) }],
    ['JOB_CLOSED', { binding: aBoundBinding({ job_lifecycle: 'DELETED' }) }],
    [
      'JOB_CLOSED',
      { binding: aBoundBinding({ job_lifecycle: 'DELETED' }), trigger: 'invite-although-closed' },
    ],
    ['JOB_CLOSED', { binding: aBoundBinding({ job_status: 'CLOSED' }) }],
    ['JOB_CLOSED', { binding: aBoundBinding({ job_status: 'ARCHIVED' }) }],
    ['JOB_CLOSED', { binding: aBoundBinding({ valid_through: TODAY - 1 }) }],
  ] as const)('for %s', (reason, change) => {
    expect(judge(anApplicant(change), policy)).toEqual({ type: 'skip', reason })
  })
})

describe('an application that is old', () => {
  const DAY_MS = 86_400_000
  const ninety = { ...policy, appliedWithinMs: 90 * DAY_MS }
  const at = (applied_at: number | null, received_at = NOW_MS) => {
    const candidate = aCandidate()
    return anApplicant({
      candidate: { ...candidate, provenance: { ...candidate.provenance, received_at } },
      application: anApplication({ applied_at }),
    })
  }

  it('is not invited once it is older than the limit, by its date or else by when it came', () => {
    expect(judge(at(NOW_MS - 90 * DAY_MS), ninety)).toMatchObject({ type: 'invite' })
    expect(judge(at(NOW_MS - 90 * DAY_MS - 1), ninety)).toEqual({
      type: 'skip',
      reason: 'APPLIED_TOO_LONG_AGO',
    })
    expect(judge(at(null), ninety)).toMatchObject({ type: 'invite' })
    expect(judge(at(null, NOW_MS - 91 * DAY_MS), ninety)).toEqual({
      type: 'skip',
      reason: 'APPLIED_TOO_LONG_AGO',
    })
  })

  it('waits while nobody knows how old it is, unless an operator released it or nobody is to wait', () => {
    const ofNobody = anApplicant({ trigger: 'COMPANY_UNKNOWN', isReleased: true, hasAccount: false })
    expect(judge(ofNobody, policy)).toEqual({ type: 'wait', reason: 'COMPANY_UNKNOWN', wantsJob: false })
    const undated = anApplicant({ trigger: 'APPLIED_AT_UNKNOWN' })
    expect(judge(undated, policy)).toEqual({ type: 'wait', reason: 'APPLIED_AT_UNKNOWN', wantsJob: false })
    expect(judge({ ...undated, isReleased: true }, policy)).toMatchObject({ type: 'invite' })
    const skipped = anApplicant({ trigger: 'SKIP_APPLIED_AT_UNKNOWN' })
    expect(judge(skipped, policy)).toEqual({ type: 'skip', reason: 'APPLIED_AT_UNKNOWN' })
    expect(judge({ ...skipped, isReleased: true }, policy)).toMatchObject({ type: 'invite' })
  })
})

describe('does not skip', () => {
  it.each([
    ['who says nothing about mails', { candidate: aCandidate({ communications_opt_out: null }) }],
    ['who applied at the first moment', { application: anApplication({ applied_at: 1_000 }) }],
    ['who applied at no known moment', { application: anApplication({ applied_at: null }) }],
    ['on the last day of a job', { binding: aBoundBinding({ valid_through: TODAY }) }],
    [
      'whom the source asks for although the job is closed',
      {
        binding: aBoundBinding({ job_status: 'CLOSED', valid_through: 0 }),
        trigger: 'invite-although-closed',
      },
    ],
  ] as const)('%s', (_who, change) => {
    expect(judge(anApplicant(change), policy).type).toBe('invite')
  })

  it('for a closed job when the operator says so', () => {
    const closed = anApplicant({ binding: aBoundBinding({ job_status: 'CLOSED' }) })
    expect(judge(closed, { ...policy, inviteOnClosed: true }).type).toBe('invite')
  })
})

describe('a job', () => {
  it.each([
    [undefined, { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: true }],
    [aBinding({ state: 'UNKNOWN' }), { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: true }],
    [aBinding({ state: 'KNOWN' }), { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: true }],
    [aBinding({ state: 'WANTED' }), { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: false }],
    [aBinding({ state: 'PENDING' }), { type: 'wait', reason: 'JOB_UNBOUND', wantsJob: false }],
    [aBinding({ state: 'AMBIGUOUS' }), { type: 'wait', reason: 'JOB_AMBIGUOUS', wantsJob: false }],
    [
      aBinding({ state: 'BLOCKED', block_reasons: ['TITLE_MISSING', 'SKILLS_UNDERIVABLE'] }),
      { type: 'block', reasons: ['JOB_BLOCKED:TITLE_MISSING', 'JOB_BLOCKED:SKILLS_UNDERIVABLE'] },
    ],
  ] as const)('that is %o makes it %o', (binding, verdict) => {
    expect(judge(anApplicant({ binding }), policy)).toEqual(verdict)
  })
})

describe('what is wrong is named in the order of who can mend it', () => {
  const unfit = { ...policy, fit: () => ({ type: 'blocked', reasons: ['EMAIL_MISSING'] }) as const }
  it.each([
    [
      'eligibility before the request',
      { candidate: aCandidate({ communications_opt_out: true }) },
      'OPTED_OUT',
    ],
    ['the account before the request', { hasAccount: false }, 'PULSIFI_ACCOUNT_MISSING'],
    ['the request before the job', { binding: undefined }, 'EMAIL_MISSING'],
  ] as const)('%s', (_what, change, reason) => {
    const verdict = judge(anApplicant(change), unfit)
    expect(verdict.type === 'skip' ? verdict.reason : verdict.type === 'block' && verdict.reasons[0]).toBe(
      reason,
    )
  })
})
