import { describe, expect, it } from 'vitest'
import {
  Course,
  createPatience,
  createProgressWatch,
  placeOf,
  type Reading,
} from '../../../../services/platform/partitions/progress.ts'

const at = (position: number, end = 100, waitsForOthers = false): Reading => ({
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
])('an input that %s has the age that says so', (_what, readings, ageMs) => {
  const watch = createProgressWatch()
  for (const [index, reading] of readings.entries()) watch.note('t/0', reading, index * 10)
  expect(watch.standings().get('t/0')?.ageMs).toBe(ageMs)
})

it('counts only time in which the brokers answered', () => {
  const watch = createProgressWatch()
  watch.note('t/0', at(5), 0)
  watch.note('t/0', at(5), 10)
  watch.unknown()
  watch.note('t/0', at(5), 1_000)
  expect(watch.standings().get('t/0')?.ageMs).toBe(10)
  watch.note('t/0', at(5), 1_010)
  expect(watch.standings().get('t/0')?.ageMs).toBe(20)
})

it('may miss one input and see the others', () => {
  const watch = createProgressWatch()
  for (const [now, missed] of [
    [0, 't/0'],
    [10, 't/2'],
    [20, 't/2'],
  ] as const) {
    watch.note('t/0', at(5), now)
    watch.note('t/1', at(5), now)
    watch.unknown(missed)
  }
  expect([...watch.standings()].map(([name, { ageMs }]) => [name, ageMs])).toEqual([
    ['t/0', 10],
    ['t/1', 20],
  ])
})

it('forgets what was handed to another member', () => {
  const watch = createProgressWatch()
  watch.note('t/0', at(5), 0)
  watch.note('t/1', at(5), 0)
  watch.keepOnly(new Set(['t/1']))
  expect([...watch.standings().keys()]).toEqual(['t/1'])
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

describe('the course of a partition', () => {
  /** `c` a commit about input, `i` one of our own making, `f` a failed tenure, `.` 10 s with steps open, `,` 10 s without. */
  function ageAfter(events: string): number {
    const [course, watch] = [new Course(), createProgressWatch()]
    let now = 0
    for (const event of events) {
      if (event === 'c' || event === 'i') course.committed(event === 'c')
      else if (event === 'f') course.failed(now)
      else {
        watch.note('p', course.reading(event === '.', now), now)
        now += 10_000
      }
    }
    return (watch.standings().get('p')?.ageMs ?? 0) / 1_000
  }

  it.each([
    ['idle', ',,,,', 0],
    ['commits', '.c.c.c.c.', 0],
    ['commits what is of its own making', '.i.i.i.', 0],
    ['has a step that is not committed', ',....', 30],
    ['fails again and again at the same records', 'f.f,f.f,f.', 40],
    ['fails again and again, and commits only what is of its own making', 'fi.fi,fi.fi,fi.', 40],
    ['fails now and then, and gets past it', 'f.cf.cf.cf.', 0],
    ['has failed once and lasts since then', 'f,,,,,,,', 0],
  ])('that %s stands for as long as that', (_what, events, seconds) => {
    expect(ageAfter(events)).toBe(seconds)
  })
})

it('a partition is in trouble for half a minute after a failure, whatever it has committed since', () => {
  const course = new Course()
  expect(course.isTroubled(0)).toBe(false)
  course.failed(0)
  course.committed(true)
  expect(course.isTroubled(30_000)).toBe(true)
  expect(course.isTroubled(30_001)).toBe(false)
})

describe('an input', () => {
  const broker = { committed: 10, low: 0, end: 30 }

  it.each([
    [
      'committed, whatever was decided, while a decision waits for its commit',
      broker,
      decidedTo(30, true),
      10,
    ],
    ['committed while nothing is decided', broker, null, 10],
    ['decided when nothing waits: the rest holds nothing', broker, decidedTo(30, false), 30],
    ['where the topic begins when nothing was committed', { ...broker, committed: -1, low: 5 }, null, 5],
    ['where the topic begins when retention took the rest', { ...broker, low: 20 }, null, 20],
  ])('stands at what is %s', (_what, place, tenure, position) => {
    expect(placeOf(place, tenure, false)).toEqual({ position, end: 30, waitsForOthers: false })
  })

  it('waits for others while a fact is awaited', () => {
    expect(placeOf(broker, { ...decidedTo(10, false), waiting: 1 }, false).waitsForOthers).toBe(true)
  })
})

function decidedTo(decided: number, hasOpenSteps: boolean) {
  return { decided, waiting: 0, hasOpenSteps }
}
