import { describe, expect, it } from 'vitest'
import { countedReason, knownWords, reasonInWords, wordsFor } from '../../../services/core/reasons.ts'

describe('what a reason is counted by', () => {
  it.each([
    ['EMAIL_MISSING', 'EMAIL_MISSING', null],
    ['DESCRIPTION_TOO_SHORT:151', 'DESCRIPTION_TOO_SHORT', 151],
    ['JOB_BLOCKED:DESCRIPTION_TOO_SHORT:151', 'JOB_BLOCKED:DESCRIPTION_TOO_SHORT', 151],
    ['JOB_BLOCKED:TITLE_MISSING', 'JOB_BLOCKED:TITLE_MISSING', null],
    ['PERSON_ALREADY_INVITED:idibu:default:9', 'PERSON_ALREADY_INVITED', null],
    ['JOB_DEAD_LETTERED:normalizer.dead-letter/3/17', 'JOB_DEAD_LETTERED', null],
    ['PULSIFI_RETRY:HTTP_429', 'PULSIFI_RETRY:HTTP_429', null],
    ['FIELD:email', 'FIELD:email', null],
    ['HTTP_500', 'HTTP_500', null],
    ['DESCRIPTION_TOO_SHORT:99999999999', 'DESCRIPTION_TOO_SHORT', null],
  ])('of %s is %s', (reason, code, number) => {
    expect(countedReason(reason)).toEqual({ code, number })
  })
})

describe('a reason', () => {
  it.each([
    ['EMAIL_MISSING', 'No e-mail address'],
    ['DESCRIPTION_TOO_SHORT:120', 'The job description has 120 characters and Pulsifi needs 300'],
    ['JOB_BLOCKED:TITLE_MISSING', 'The job is blocked: the job has no title'],
    ['JOB_BLOCKED:JOB_NOT_FOUND', 'The job is blocked: Pulsifi no longer has the job'],
    [
      'JOB_DEAD_LETTERED:normalizer.dead-letter/3/17',
      "The job's event is among the dead letters (normalizer.dead-letter/3/17)",
    ],
    ['PULSIFI_RETRY:503', 'Pulsifi did not take the call: tried again shortly (503)'],
    [
      'ADJUSTED:first_name:truncated',
      'Sent with a change: first name was cut to the length that Pulsifi takes',
    ],
    ['ECONNRESET', 'The connection was reset before the answer'],
    ['HTTP_422', 'Pulsifi refused it with status 422'],
    ['HTTP_500', 'Pulsifi failed with status 500'],
    ['FIELD:email', 'Pulsifi refused the field email'],
  ])('%s reads: %s', (code, text) => {
    expect(wordsFor(code).text).toBe(text)
    expect(knownWords(code)).not.toBeNull()
  })

  it('goes on in a sentence', () => {
    expect(reasonInWords('EMAIL_MISSING')).toBe('no e-mail address')
    expect(reasonInWords('PULSIFI_CONFIRMED')).toBe('Pulsifi has the candidate and did not say which')
  })

  it.each([
    ['EMAIL_MISSING', 'recruiter'],
    ['JOB_BLOCKED:SKILLS_UNDERIVABLE', 'recruiter'],
    ['REPLY_LOST', 'operator'],
    ['HTTP_422', 'operator'],
    ['BODY_UNREADABLE', 'vendor'],
  ])('%s says what to do, and that it is for the %s', (code, owner) => {
    expect(wordsFor(code)).toMatchObject({ action: expect.stringMatching(/\.$/), owner })
  })

  it('that asks for nothing is nobody’s', () => {
    expect(wordsFor('OPTED_OUT')).toMatchObject({ action: null, owner: null })
  })

  it.each([
    'NEVER_SEEN_BEFORE',
    'JOB_BLOCKED:NEVER_SEEN',
    'ADJUSTED:title:sung',
    'HTTP_',
    'FIELD:',
    'toString',
  ])('%s is none of ours, and still shown', code => {
    expect(knownWords(code)).toBeNull()
    expect(wordsFor(code).text).not.toBe('')
  })
})
