/** What the chaos suite calls stuck, and the faults that it draws. */
import { expect, it } from 'vitest'
import { CLUSTER_FAULTS } from '../chaos/cluster-faults.ts'
import { createStandstillWatch, NOTICED_WITHIN_MS, type Sighting } from '../chaos/stuck/standstill.ts'

const at = (committed: number, end: number): readonly Sighting[] => [
  { topic: 'ats.raw.jobylon', partition: 3, committed, end },
]
const JUST_TOO_LONG = NOTICED_WITHIN_MS + 1

it('calls stuck what commits nothing for too long although there is more, once until it moves', () => {
  const watch = createStandstillWatch()
  expect(watch.seen('normalizer', at(5, 9), 0)).toEqual([])
  expect(watch.seen('normalizer', at(5, 12), NOTICED_WITHIN_MS)).toEqual([])
  expect(watch.seen('normalizer', at(5, 12), JUST_TOO_LONG)).toEqual(at(5, 12))
  expect(watch.seen('normalizer', at(5, 12), JUST_TOO_LONG * 2)).toEqual([])
  watch.seen('normalizer', at(6, 12), JUST_TOO_LONG * 3)
  expect(watch.seen('normalizer', at(6, 12), JUST_TOO_LONG * 4)).toEqual(at(6, 12))
})

it('takes the end of the log for the end, however long it lasts', () => {
  const watch = createStandstillWatch()
  watch.seen('normalizer', at(9, 9), 0)
  expect(watch.seen('normalizer', at(9, 9), JUST_TOO_LONG)).toEqual([])
  expect(watch.seen('normalizer', at(9, 10), JUST_TOO_LONG + 1)).toEqual([])
})

it('lets a process be red instead, but not for ever on account of one alarm', () => {
  const watch = createStandstillWatch()
  watch.seen('normalizer', at(5, 9), 0)
  watch.alarmed('normalizer', NOTICED_WITHIN_MS)
  expect(watch.seen('normalizer', at(5, 9), JUST_TOO_LONG)).toEqual([])
  expect(watch.seen('normalizer', at(5, 9), NOTICED_WITHIN_MS + JUST_TOO_LONG)).toEqual(at(5, 9))
})

it('keeps the alarm of one service apart from the standstill of another', () => {
  const watch = createStandstillWatch()
  watch.seen('normalizer', at(5, 9), 0)
  watch.alarmed('pulsifi-sink', NOTICED_WITHIN_MS)
  expect(watch.seen('normalizer', at(5, 9), JUST_TOO_LONG)).toEqual(at(5, 9))
})

it('counts no time of which nothing is known', () => {
  const watch = createStandstillWatch()
  watch.seen('normalizer', at(5, 9), 0)
  watch.unknown('normalizer')
  expect(watch.seen('normalizer', at(5, 9), JUST_TOO_LONG)).toEqual([])
})

it('draws every fault of a cluster at least five times in twenty seeds of three', () => {
  expect((20 * 3) / Object.keys(CLUSTER_FAULTS).length).toBeGreaterThanOrEqual(5)
})
