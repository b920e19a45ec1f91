import { describe, expect, it } from 'vitest'
import { createTopicsCheck } from '../../../services/ingress/topics-check.ts'
import { ConfigError } from '../../../services/platform/process/config.ts'

/** A broker whose answers are given in order; the last one repeats. */
function checkWith(...answers: (() => Promise<void>)[]) {
  const faults: string[] = []
  let asked = 0
  const check = createTopicsCheck(() => (answers[Math.min(asked++, answers.length - 1)] ?? right)(), {
    topicsWrong: ({ fault }) => void faults.push(fault),
  })
  return { check, faults }
}
const right = async () => {}
const wrong = async () => {
  throw new ConfigError('the broker has no topic x')
}
const away = async () => {
  throw new Error('connection refused')
}

describe('topics at the start', () => {
  it('end the process when they are wrong', async () => {
    await expect(checkWith(wrong).check.atStart(1_000)).rejects.toThrow(ConfigError)
  })

  it.each([
    ['is away', away],
    ['does not answer', () => new Promise<void>(() => {})],
  ])('do not keep the process from starting when the broker %s', async (_name, answer) => {
    await expect(checkWith(answer).check.atStart(5)).resolves.toBeUndefined()
  })
})

describe('topics at each connection', () => {
  it('make readiness red for as long as they are wrong, and are logged once', async () => {
    const { check, faults } = checkWith(away, wrong, wrong, away, right)
    const states: boolean[] = []
    for (let time = 0; time < 5; time++) {
      await check.run().catch(() => undefined)
      states.push(check.ready().ok)
    }
    expect(states).toEqual([true, false, false, false, true])
    expect(faults).toEqual(['the broker has no topic x'])
    expect(check.ready().detail).toBe('no fault known')
  })
})
