import { describe, expect, it } from 'vitest'
import { resultOf } from '../../../infra/pulsifi-sandbox/assessment.ts'
import { callbackBody, secretHeaders } from '../../../infra/pulsifi-sandbox/callback-body.ts'
import { candidateOf } from './candidate.ts'

const EVENT = 'candidate_application_result_ready'
const BASE = 'http://127.0.0.1:8095'
const done = candidateOf({ status: 'completed', result: resultOf('ATS12345') })

describe('a callback', () => {
  it('names the candidate in every way that a receiver may look for, and nobody by name', () => {
    const body = callbackBody(EVENT, done, BASE, 'standard')
    expect(JSON.parse(body)).toEqual({
      event_type: EVENT,
      event_body: {
        candidate_id: 'c1',
        ext_reference_id: 'ATS12345',
        job_id: '6a3d7ead-3d9d-4ee4-88f9-e6e59eaca51e',
        invitation_code: 'code-c1',
        report_pdf_link: `${BASE}/reports/c1.pdf`,
        report_profile_link: `${BASE}/invites/code-c1`,
      },
    })
    expect(body).not.toMatch(/John|Doe|gmail/)
  })

  it('can have the shape of v2.0.0: one score, no candidate id', () => {
    const body = JSON.parse(callbackBody(EVENT, done, BASE, 'v2'))
    expect(body.event_type).toBe('candidate_assessment_role_fit_score_ready')
    expect(body.event_body).toMatchObject({ ext_reference_id: 'ATS12345', score_type: 'role_fit' })
    expect(body.event_body).not.toHaveProperty('candidate_id')
  })

  it('can be empty, or of a shape that nobody described', () => {
    expect(callbackBody(EVENT, done, BASE, 'empty')).toBe('')
    expect(JSON.parse(callbackBody(EVENT, done, BASE, 'unknown'))).toEqual({ notice: { about: 'c1' } })
  })

  it.each([
    ['plain', 'Jefe', { 'x-secret': 'Jefe' }],
    // RFC 4231, test case 2.
    ['hmac', 'Jefe', { 'x-secret': '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843' }],
    ['hmac', null, {}],
    ['plain', null, {}],
  ] as const)('in mode %s with the secret %s has the headers %j', (secretMode, secret, headers) => {
    const options = { secretMode, secretHeader: 'x-secret' }
    expect(secretHeaders(options, secret, 'what do ya want for nothing?')).toEqual(headers)
  })
})
