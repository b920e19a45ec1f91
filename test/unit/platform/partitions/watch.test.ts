import { expect, it } from 'vitest'
import type { DecidedPlace } from '../../../../services/platform/partitions/progress.ts'
import { Course } from '../../../../services/platform/partitions/progress.ts'
import { createWatch, type WatchPorts } from '../../../../services/platform/partitions/watch.ts'
import { createLogger } from '../../../../services/platform/process/logger.ts'
import { createMetrics } from '../../../../services/platform/process/metrics.ts'

const COUNTS = { first: 0, void: 0, lost: 0, published: 10, duplicate: 0, skipped: 0, dead_lettered: 0 }

/** A process that owns partition 0 of one input, ten records of which are committed, and its broker. */
function watched() {
  const world = {
    committed: 10,
    end: 10,
    metadata: JSON.stringify(COUNTS) as string | null,
    isAway: false,
    inSync: [1, 2, 3],
    isForgotten: false,
    place: { decided: 10, waiting: 0, hasOpenSteps: false } as DecidedPlace | null,
    awaitsAssignment: false,
    course: new Course(),
    now: 0,
  }
  const failures: unknown[] = []
  const answer = async <T>(value: T): Promise<T> => {
    if (world.isAway) throw new Error('nobody is there')
    return value
  }
  const partition = 0
  const admin = {
    connect: () => answer(undefined),
    disconnect: async () => undefined,
    fetchTopicMetadata: () =>
      answer({ topics: [{ name: 'input', partitions: [{ replicas: [1, 2, 3], isr: world.inSync }] }] }),
    fetchOffsets: () => {
      const { committed, metadata } = world
      const partitions = world.isForgotten ? [] : [{ partition, offset: String(committed), metadata }]
      return answer([{ topic: 'input', partitions }])
    },
    fetchTopicOffsets: () => answer([{ partition, low: '0', high: String(world.end), offset: '0' }]),
  }
  const metrics = createMetrics()
  const watch = createWatch({
    // Cast: what a watch uses of them is above.
    ...({ kafka: { admin: () => admin } } as unknown as Pick<WatchPorts, 'kafka'>),
    ...{ group: 'group', inputs: ['input'], metrics, log: createLogger('test', 'silent') },
    owner: {
      numbers: [partition],
      placeOf: () => world.place,
      courses: now => {
        const course = world.course.reading(world.place?.hasOpenSteps ?? false, now)
        return [{ partition, course, isTroubled: world.course.isTroubled(now) }]
      },
      behind: () => [],
      get awaitsAssignment() {
        return world.awaitsAssignment
      },
    },
    fail: error => void failures.push(error),
    nowMs: () => world.now,
  })
  /** Looks as often as a process does in this time. */
  const pass = async (seconds: number) => {
    for (const until = world.now + seconds * 1_000; world.now < until; world.now += 10_000) await watch.look()
  }
  const gauge = async (name: string) =>
    (await metrics.registry.getSingleMetric(`atsflow_${name}`)?.get())?.values[0]?.value
  return { world, watch, failures, pass, gauge }
}

it('is content while nothing is to be done, and while everything is committed', async () => {
  const { world, watch, pass, failures, gauge } = watched()
  await pass(60)
  for (world.end = 1_000; world.committed < 1_000; world.committed += 99) await pass(20)
  expect(watch.live().ok).toBe(true)
  expect(failures).toEqual([])
  expect(await gauge('consumer_lag')).toBe(990 - 99 * 9)
})

it.each([
  [
    'decides the same again and again and commits nothing',
    { end: 20, place: { decided: 20, waiting: 0, hasOpenSteps: true } },
  ],
  ['reads nothing', { end: 20 }],
  ['commits nothing of its own making', { place: { decided: 10, waiting: 0, hasOpenSteps: true } }],
  ['waits for an assignment', { awaitsAssignment: true, place: null }],
])('is red within a minute, and ends 40 s later, when a process %s', async (_what, change) => {
  const { world, watch, pass, failures } = watched()
  Object.assign(world, change)
  await pass(40)
  expect(watch.live().ok).toBe(true)
  await pass(20)
  expect(watch.live().ok).toBe(false)
  expect(failures).toEqual([])
  await pass(40)
  expect(failures).not.toEqual([])
})

it('is red within a minute when its partition fails again and again at a record whose fact is asked for each time', async () => {
  const { world, watch, pass } = watched()
  world.end = 20
  for (let turn = 0; turn < 3; turn++) {
    world.course.failed(world.now)
    world.place = null
    await pass(10)
    // Other inputs of the partition get on in the meantime.
    world.place = { decided: 10, waiting: 1, hasOpenSteps: false }
    world.course.committed(true)
    await pass(10)
  }
  expect(watch.live().ok).toBe(false)
})

it('is content while a fact is awaited, however long that takes', async () => {
  const { world, watch, pass } = watched()
  world.end = 20
  world.course.failed(world.now)
  world.place = { decided: 10, waiting: 1, hasOpenSteps: false }
  await pass(600)
  expect(watch.live().ok).toBe(true)
})

it.each([
  ['are away', { isAway: true }],
  ['are too few to commit anything', { inSync: [2] }],
  ['say nothing of an input', { isForgotten: true }],
])('says that it is not ready, and neither turns red nor ends, while brokers %s', async (_what, change) => {
  const { world, watch, pass, failures } = watched()
  Object.assign(world, { end: 20, place: { decided: 20, waiting: 0, hasOpenSteps: true } })
  await pass(30)
  Object.assign(world, change)
  await pass(600)
  expect(watch.ready().ok).toBe(false)
  expect(watch.live().ok).toBe(true)
  expect(failures).toEqual([])
  Object.assign(world, { isAway: false, inSync: [1, 2], isForgotten: false, committed: 20 })
  await pass(10)
  expect(watch.ready().ok).toBe(true)
})

it('counts lag against what is committed, although more was decided', async () => {
  const { world, pass, gauge } = watched()
  Object.assign(world, { end: 20, place: { decided: 20, waiting: 0, hasOpenSteps: true } })
  await pass(10)
  expect(await gauge('consumer_lag')).toBe(10)
  expect(await gauge('open_step_age_seconds')).toBe(0)
  await pass(10)
  expect(await gauge('open_step_age_seconds')).toBe(10)
})

it.each([
  ['that nothing is missing', {}, [0, 1, 0]],
  ['what is missing', { committed: 12 }, [2, 1, 0]],
  ['that nobody can know, when somebody else has set the offset', { metadata: null }, [Number.NaN, 0, 0]],
  [
    'what retention took',
    { metadata: JSON.stringify({ ...COUNTS, published: 6, void: 4, lost: 4 }) },
    [0, 1, 4],
  ],
])('says %s, by what is committed', async (_what, change, expected) => {
  const { world, pass, gauge } = watched()
  Object.assign(world, change)
  await pass(10)
  expect([
    await gauge('completeness_delta'),
    await gauge('completeness_known'),
    await gauge('offsets_lost'),
  ]).toEqual(expected)
})
