import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import { parseFilter } from '../../../../services/ops/tail/record-filter.ts'

const record = {
  topic: 'topic',
  partition: 1,
  offset: 2,
  time: '2026-01-01T00:00:00.000Z',
  key: 'jobylon:default:1',
  headers: { ce_type: 'candidate/new' },
  value: {
    outcome: 'BLOCKED',
    reasons: ['EMAIL_MISSING', 'NAME_MISSING'],
    attempt: 2,
    status: null,
    applications: [{ job: { job_key: 'a' } }, { job: { job_key: 'b' } }],
  },
}

describe('a filter', () => {
  it.each([
    ['key=jobylon:default:1', true],
    ['key~=^jobylon:', true],
    ['key~=^idibu:', false],
    ['header.ce_type=candidate/new', true],
    ['header.absent=x', false],
    ['outcome=BLOCKED', true],
    ['value.outcome=BLOCKED', true],
    ['outcome!=BLOCKED', false],
    ['outcome=BLOCK', false],
    ['reasons=NAME_MISSING', true],
    ['reasons~=^EMAIL', true],
    ['reasons!=NAME_MISSING', false],
    ['attempt=2', true],
    ['status=null', true],
    ['applications.job.job_key=b', true],
    ['applications.job.job_key=c', false],
    ['absent=x', false],
    ['absent!=x', true],
    ['constructor~=.', false],
  ])('%s: %s', (text, expected) => expect(parseFilter(text)(record)).toBe(expected))

  it.each(['outcome', '=x', 'key~=(', ''])('%j is refused', text =>
    expect(() => parseFilter(text)).toThrow(InvalidArgumentError),
  )
})
