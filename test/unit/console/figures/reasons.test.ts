import { describe, expect, it } from 'vitest'
import { wordsFor } from '../../../../services/console/figures/reasons.ts'

describe('a reason', () => {
  it.each([
    ['EMAIL_MISSING', 'No e-mail address'],
    ['DESCRIPTION_TOO_SHORT:120', 'The job description is too short for Pulsifi (300 characters)'],
    ['JOB_BLOCKED:TITLE_MISSING', 'The job is blocked: the job has no title'],
    ['PULSIFI_RETRY:503', 'Pulsifi was not reachable: tried again shortly'],
    ['HTTP_422', 'Pulsifi refused it with status 422'],
    ['HTTP_500', 'Pulsifi failed with status 500'],
    ['FIELD:email', 'Pulsifi refused the field email'],
    ['NEVER_SEEN_BEFORE', 'never seen before'],
  ])('%s reads: %s', (code, text) => {
    expect(wordsFor(code).text).toBe(text)
  })
  it('that a person can act on says how', () => {
    for (const code of ['EMAIL_MISSING', 'JOB_BLOCKED:SKILLS_UNDERIVABLE', 'REPLY_LOST', 'HTTP_422'])
      expect(wordsFor(code).action).toMatch(/\.$/)
  })
})
