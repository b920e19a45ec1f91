import { expect } from 'vitest'
import type { SeedResult } from '../chaos/run-seed.ts'

/** Nothing is lost, doubled, unexplained or stuck, in a run in which enough has happened to show it. */
export function expectAllKept(
  { count }: SeedResult,
  enough: { readonly acknowledged: number; readonly invitedMoreThan: number },
): void {
  expect(count.faults).toEqual([])
  expect(count).toMatchObject({
    lost: 0,
    invitedTwice: 0,
    unaccounted: 0,
    unexplained: 0,
    stuck: 0,
    wrongChanges: 0,
  })
  expect(count.acknowledged).toBeGreaterThanOrEqual(enough.acknowledged)
  expect(count.invited).toBeGreaterThan(enough.invitedMoreThan)
}
