import { describe, expect, it } from 'vitest'
import { createTopicsCheck } from '../../../services/ingress/topics-check.ts'
import { ConfigError, UnreachableError } from '../../../services/platform/process/config.ts'
import type { ExistingTopics } from '../../../services/platform/topics/admin.ts'

type Answer = () => Promise<ExistingTopics>

/** A broker whose answers are given in order; the last one repeats. */
function checkWith(...answers: Answer[]) {
  const faults: string[] = []
  let asked = 0
  const check = createTopicsCheck({
    topics: ['x', 'y'],
    principal: 'us',
    partitions: 6,
    read: () => (answers[Math.min(asked++, answers.length - 1)] ?? right)(),
    log: { topicsWrong: ({ fault }) => void faults.push(fault) },
  })
  return { check, faults, asked: () => asked }
}
const has =
  (topics: Readonly<Record<string, number>>): Answer =>
  async () =>
    new Map(Object.entries(topics))
const right = has({ x: 6, y: 6 })
const away: Answer = async () => {
  throw new Error('connection refused')
}

describe('topics at the start', () => {
  it.each([
    ['missing', has({})],
    ['of another number of partitions', has({ x: 8, y: 8 })],
  ])('end the process when all are %s', async (_how, answer) => {
    await expect(checkWith(answer).check.atStart(1_000)).rejects.toThrow(ConfigError)
  })

  it.each([
    ['is away', away],
    ['does not answer', () => new Promise<ExistingTopics>(() => {})],
    ['has one topic that is wrong', has({ x: 8, y: 6 })],
    ['lacks one topic', has({ y: 6 })],
  ])('do not keep the process from starting when the broker %s', async (_name, answer) => {
    await expect(checkWith(answer).check.atStart(5)).resolves.toBeUndefined()
  })
})

it('say whether a broker answers, whatever it says of them', async () => {
  const { check } = checkWith(away, has({}))
  await expect(check.reached()).rejects.toThrow(UnreachableError)
  await expect(check.reached()).resolves.toBeUndefined()
})

describe('topics at each connection', () => {
  it('are refused one by one, and the others are not', async () => {
    const { check } = checkWith(has({ x: 8, y: 6 }))
    await expect(check.run('x')).rejects.toThrow('x has 8')
    await expect(check.run('y')).resolves.toBeUndefined()
    await expect(check.run('left by an earlier version')).rejects.toThrow(ConfigError)
    expect(check.ready()).toMatchObject({ ok: true, detail: expect.stringContaining('no topic left by') })
  })

  it('make readiness red for as long as all are wrong, and are logged once', async () => {
    const { check, faults } = checkWith(away, has({}), has({}), away, has({ y: 6 }), right)
    const states: boolean[] = []
    for (let time = 0; time < 6; time++) {
      await check.run('x').catch(() => undefined)
      states.push(check.ready().ok)
    }
    expect(states).toEqual([true, false, false, false, true, true])
    expect(faults.map(fault => fault.split(':')[0])).toEqual([
      'the broker has no topic x, y',
      'the broker has no topic x',
    ])
    expect(check.ready().detail).toBe('no fault known')
  })

  it('are looked at once for all who ask at the same time', async () => {
    const { check, asked } = checkWith(right)
    await Promise.all(['x', 'y', 'x'].map(topic => check.run(topic)))
    expect(asked()).toBe(1)
  })
})
