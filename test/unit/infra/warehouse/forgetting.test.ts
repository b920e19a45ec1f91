import { describe, expect, it } from 'vitest'
import { forgetAtTimes, outcomeOf } from '../../../../infra/warehouse/forgetting.ts'
import type { Forgotten } from '../../../../infra/warehouse/removed-rows.ts'

const NOTHING: Forgotten = { wasNeeded: false, held: [], beyond: [] }
const DONE: Forgotten = { wasNeeded: true, held: [], beyond: [] }
const HELD: Forgotten = { wasNeeded: true, held: ['somebody reads scores'], beyond: [] }

describe('what is said of removed rows', () => {
  it.each<[string, Forgotten | string, boolean, readonly string[]]>([
    ['nothing, while none was removed', NOTHING, true, []],
    ['that they are gone', DONE, true, [expect.stringContaining('are gone')]],
    ['what keeps them for now', HELD, false, [expect.stringContaining('tried again: somebody reads')]],
    [
      'what somebody else must do',
      { ...DONE, beyond: ['the log'] },
      true,
      [expect.stringContaining('are gone'), expect.stringContaining('may still be on disk in the log')],
    ],
    ['that the database does not answer', 'refused', false, [expect.stringContaining('refused')]],
  ])('%s', (_what, forgotten, isDone, lines) => {
    expect(outcomeOf(forgotten)).toEqual({ isDone, lines })
  })
})

describe('removed rows', () => {
  async function run(everyMs: number, answers: readonly (Forgotten | Error)[]) {
    const end = new AbortController()
    const said: string[] = []
    let asked = 0
    await forgetAtTimes({
      everyMs,
      async forget() {
        const answer = answers[asked++] ?? NOTHING
        if (asked >= answers.length) end.abort()
        if (answer instanceof Error) throw answer
        return answer
      },
      onEvent: line => said.push(line),
      signal: end.signal,
    })
    return { said, asked }
  }

  it('are forgotten at the start and at each time, and again where something kept them', async () => {
    expect(await run(1, [DONE, HELD, new Error('away'), DONE])).toEqual({
      asked: 4,
      said: [
        expect.stringContaining('are gone'),
        expect.stringContaining('somebody reads'),
        expect.stringContaining('away'),
        expect.stringContaining('are gone'),
      ],
    })
  })

  it('are not told of again as long as the same keeps them', async () => {
    expect((await run(1, [HELD, HELD, HELD])).said).toHaveLength(1)
  })

  it('are left to the operator where that is asked for', async () => {
    expect(await run(0, [DONE])).toEqual({ said: [], asked: 0 })
  })
})
