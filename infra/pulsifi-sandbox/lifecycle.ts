/** Lets candidates take their assessments: timers → transitions → callbacks. */
import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { advance, nextStep } from './assessment.ts'
import { type Callbacks, listenersOf } from './callbacks.ts'
import type { SandboxOptions } from './config.ts'
import type { Candidate, CandidateStatus, Delivery, Result, WebhookEvent } from './state.ts'
import type { Store } from './store.ts'

export type Lifecycle = {
  /** Sets the timer of the candidate's next step, if there is one. */
  schedule(candidate: Candidate): void
  /** Takes up every unfinished assessment and every unsettled callback. */
  resume(): void
  /** One step by hand or by timer; null where the candidate cannot take it. Resolves when it is on disk. */
  move(candidate: Candidate, to: CandidateStatus, result?: Result): Promise<Candidate | null>
  /** Announces an event to its listeners, without waiting for them. */
  announce(event: WebhookEvent, candidateId: string | null): Promise<Delivery[]>
  /** Forgets every timer. */
  stop(): void
}

export type LifecyclePorts = {
  readonly store: Store
  readonly callbacks: Callbacks
  readonly options: SandboxOptions
  readonly log: Logger
}

export function createLifecycle({ store, callbacks, options, log }: LifecyclePorts): Lifecycle {
  const timers = new Map<string, NodeJS.Timeout>()

  function schedule(candidate: Candidate): void {
    const step = nextStep(candidate, options)
    if (step === null) return
    const timer = setTimeout(
      () => {
        move(candidate, step.to).catch(reason => {
          log.error({ event: 'lifecycle.broken', code: String(reason?.code) }, 'a step could not be recorded')
        })
      },
      Math.max(0, step.atMs - Date.now()),
    )
    timers.set(candidate.candidate_id, timer)
  }

  async function move(candidate: Candidate, to: CandidateStatus, result?: Result): Promise<Candidate | null> {
    const moved = advance(candidate, to, Date.now(), result)
    if (moved === null) return null
    clearTimeout(timers.get(candidate.candidate_id))
    timers.delete(candidate.candidate_id)
    schedule(moved)
    // Both lines go to the journal in one write: a crash loses the result and its callbacks together or not at all.
    const written = store.commit({ type: 'candidate', candidate: moved })
    if (to === 'completed') await announce('candidate_application_result_ready', moved.candidate_id)
    await written
    return moved
  }

  async function announce(event: WebhookEvent, candidateId: string | null): Promise<Delivery[]> {
    const deliveries = listenersOf(store.state, event).map((webhook): Delivery => {
      const id = randomUUID()
      return { id, webhook_id: webhook.id, event, candidate_id: candidateId, status: 'pending', attempts: [] }
    })
    await Promise.all(deliveries.map(delivery => store.commit({ type: 'delivery', delivery })))
    for (const delivery of deliveries) void callbacks.send(delivery)
    return deliveries
  }

  return {
    schedule,
    move,
    announce,
    resume() {
      for (const candidate of store.state.candidates.values()) schedule(candidate)
      for (const delivery of store.state.deliveries.values()) {
        if (delivery.status === 'pending') void callbacks.send(delivery)
      }
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    },
  }
}
