import { describe, expect, it } from 'vitest'
import { intakeOf } from '../../../../services/console/watch/intake.ts'

describe('the intake', () => {
  const standing = (topic: string, end: number, committed: number | null, metadata: string | null) => ({
    topic,
    low: 0,
    end,
    committed,
    metadata,
  })
  const counts = JSON.stringify({
    first: 0,
    void: 0,
    published: 5,
    duplicate: 2,
    skipped: 1,
    dead_lettered: 1,
  })

  it('adds the outcomes of every partition and what is still to be decided', () => {
    const standings = [standing('ats.raw.a', 12, 9, counts), standing('ats.raw.b', 4, null, null)]
    expect(intakeOf(standings)).toEqual({
      received: 16,
      published: 5,
      duplicate: 2,
      skipped: 1,
      dead_lettered: 1,
      pending: 7,
    })
    expect(intakeOf(standings, 'b')).toMatchObject({ received: 4, pending: 4 })
    expect(intakeOf([], 'b')).toBeNull()
  })
  it('takes metadata of others for none', () => {
    expect(intakeOf([standing('ats.raw.a', 3, 3, 'by hand')])).toMatchObject({ received: 0 })
  })
})
