import { expect, it } from 'vitest'
import {
  createPatience,
  createProgressWatch,
  type Observation,
} from '../../../../services/platform/partitions/progress.ts'

const at = (position: number, end = 100, waitsForOthers = false): Observation => ({
  position,
  end,
  waitsForOthers,
})

it.each([
  ['moves', [at(1), at(2), at(3)], 0],
  ['has nothing to read', [at(100), at(100), at(100)], 0],
  ['stands still with something to read', [at(5), at(5), at(5)], 20],
  ['stands still after having moved', [at(4), at(5), at(5)], 10],
  ['waits for an answer from outside', [at(5), at(5, 100, true), at(5, 100, true)], 0],
  ['was idle until there was something to read', [at(100), at(100), at(100, 101)], 0],
])('an input that %s has the age that says so', (_what, observations, ageMs) => {
  const watch = createProgressWatch()
  for (const [index, observation] of observations.entries()) watch.observe('t/0', observation, index * 10)
  expect(watch.standings(20).get('t/0')?.ageMs).toBe(ageMs)
})

it('goes on ageing while nobody observes, when it had something to read', () => {
  const watch = createProgressWatch()
  watch.observe('t/0', at(5), 0)
  watch.observe('t/1', at(100), 0)
  expect(watch.standings(1_000)).toEqual(
    new Map([
      ['t/0', { lag: 95, ageMs: 1_000 }],
      ['t/1', { lag: 0, ageMs: 0 }],
    ]),
  )
})

it('forgets what was handed to another member', () => {
  const watch = createProgressWatch()
  watch.observe('t/0', at(5), 0)
  watch.observe('t/1', at(5), 0)
  watch.keepOnly(new Set(['t/1']))
  expect([...watch.standings(0).keys()]).toEqual(['t/1'])
})

it.each([
  ['when it was seen standing still often enough in a row', 'ssss', true],
  ['not before', 'sss', false],
  ['not when it moved meanwhile', 'sssmsss', false],
  ['not when the broker was away meanwhile', 'sss?sss', false],
  ['when it stands still for as long after the broker came back', '????ssss', true],
])('patience runs out %s', (_, seen, hasRunOut) => {
  const patience = createPatience(4)
  let last = false
  for (const what of seen) {
    if (what === '?') patience.unseen()
    else last = patience.seen(what === 's')
  }
  expect(last).toBe(hasRunOut)
})
