import { describe, expect, it } from 'vitest'
import { untilAllEnded } from '../../../../infra/demo/play.ts'
import type { Sightings } from '../../../../infra/demo/sightings.ts'
import { applicationKey, STORY } from '../../../../infra/demo/story.ts'

const DONE = { words: 'invited, completed: role fit 1', hasEnded: true }
const OPEN = { words: 'waiting: its job is not at Pulsifi yet', hasEnded: false }

/** Everybody has ended, but those who are `open`; each change of the topics ends one more of them. */
function performanceWith(open: string[], deadlineMs: number) {
  const told: string[] = []
  const sightings = { outcome: (key: string) => (open.includes(key) ? OPEN : DONE) } as Sightings
  return {
    told,
    performance: {
      ...{ story: STORY, sightings, deadlineMs, onEvent: (line: string) => void told.push(line) },
      sender: { ingress: '', tenant: 'default', secretOf: () => '' },
      watch: { change: async () => void open.pop(), stop: async () => {} },
      signal: new AbortController().signal,
    },
  }
}

const keys = STORY.applications.map(application => applicationKey('default', application))

describe('waiting for the end of the story', () => {
  it('goes on until the last application has ended, and tells each once', async () => {
    const { told, performance } = performanceWith(keys.slice(0, 3), 60_000)
    expect(await untilAllEnded(performance)).toEqual([])
    expect(told).toHaveLength(keys.length)
    expect(new Set(told).size).toBe(keys.length)
  })

  it('answers at the deadline with who is missing, and what they wait for', async () => {
    const { performance } = performanceWith(keys.slice(0, 1), 0)
    const [first] = STORY.applications
    expect(await untilAllEnded(performance)).toEqual([
      `${first?.applicant}, ${first?.job}: waiting: its job is not at Pulsifi yet`,
    ])
  })
})
