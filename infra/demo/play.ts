/** Plays a story on a running stack, and waits until every application in it has reached its end. */
import { post, type Sender } from './post-webhooks.ts'
import type { Sightings } from './sightings.ts'
import { applicationKey, type Story } from './story.ts'
import type { TopicWatch } from './watch-topics.ts'

export interface Performance {
  readonly story: Story
  readonly sender: Sender
  readonly sightings: Sightings
  readonly watch: TopicWatch
  /** One line for a person. */
  readonly onEvent: (line: string) => void
  /** Ends the wait early. */
  readonly signal: AbortSignal
  readonly deadlineMs: number
}

const LOOK_EVERY_MS = 1_000

/** Posts every step, one after the other. */
export async function postAll({ story, sender, onEvent, signal }: Performance): Promise<void> {
  for (const step of story.steps) {
    if (signal.aborted) return
    await post(step, sender)
    onEvent(step.says)
  }
}

/** Answers with the applications that are still open at the deadline: none, if all went well. */
export async function untilAllEnded(performance: Performance): Promise<readonly string[]> {
  const { story, sender, sightings, watch, onEvent, signal, deadlineMs } = performance
  const open = new Map(
    story.applications.map(application => [applicationKey(sender.tenant, application), application]),
  )
  const giveUpAtMs = Date.now() + deadlineMs
  while (open.size > 0 && Date.now() < giveUpAtMs && !signal.aborted) {
    for (const [key, { applicant, job }] of open) {
      const { hasEnded, words } = sightings.outcome(key)
      if (!hasEnded) continue
      open.delete(key)
      onEvent(`${applicant}, ${job}: ${words}`)
    }
    if (open.size > 0) await watch.change(LOOK_EVERY_MS)
  }
  return [...open].flatMap(([key, { applicant, job }]) => {
    const { hasEnded, words } = sightings.outcome(key)
    return hasEnded ? [] : [`${applicant}, ${job}: ${words}`]
  })
}
