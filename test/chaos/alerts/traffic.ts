/** Webhooks at a steady pace, as every day: people who apply, some of them twice, and some whom nobody can invite. */
import { setInterval as every } from 'node:timers/promises'
import { directJob } from '../../support/direct-job.ts'
import { SECRET } from '../world.ts'

const EVERY_MS = 1_000
const ANSWER_WITHIN_MS = 10_000

/** What blocks an applicant: no alert is for that, since the record says it and a person may leave it so. */
const poorJob = {
  ...directJob,
  data: { ...directJob.data, external_id: 'j-poor', description: 'Too short.' },
}

const candidate = (number: number, jobId: string, email: string | null) => ({
  type: 'candidate',
  action: 'upsert',
  data: {
    external_id: `c${number}`,
    first_name: 'Noor',
    last_name: 'Voorbeeld',
    ...(email !== null && { email }),
    applications: [{ job: { external_id: jobId }, applied_at: new Date().toISOString() }],
  },
})

/** The next person: every tenth is for a job that Pulsifi does not take, every fifteenth has no address. */
const person = (number: number) =>
  candidate(
    number,
    number % 10 === 0 ? 'j-poor' : 'j1',
    number % 15 === 0 ? null : `person.${number}@example.com`,
  )

/** The status, or null when nobody answered. */
export async function post(ingressUrl: string, source: string, body: unknown): Promise<number | null> {
  try {
    const response = await fetch(`${ingressUrl}/hooks/${source}/default`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${SECRET}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

export interface Traffic {
  /** Deliveries answered 200. */
  readonly accepted: () => number
  readonly stop: () => Promise<void>
}

/** What nobody accepts is not sent again: the next one is. */
export async function startTraffic(ingressUrls: () => readonly string[]): Promise<Traffic> {
  const over = new AbortController()
  const running = new Set<Promise<void>>()
  let accepted = 0
  async function send(body: unknown): Promise<void> {
    const [url] = ingressUrls()
    if (url !== undefined && (await post(url, 'direct', body)) === 200) accepted++
  }
  async function sendOften(): Promise<void> {
    let number = 0
    let last = person(number)
    for await (const _ of every(EVERY_MS, undefined, { signal: over.signal })) {
      // A redelivery now and then, which changes nothing.
      if (++number % 7 !== 0) last = person(number)
      start(last)
    }
  }
  function start(body: unknown): void {
    const sent = send(body).finally(() => running.delete(sent))
    running.add(sent)
  }
  await send([directJob, poorJob])
  const sending = sendOften().catch((error: unknown) => {
    if (!over.signal.aborted) throw error
  })
  return {
    accepted: () => accepted,
    async stop() {
      over.abort()
      await sending
      await Promise.all(running)
    },
  }
}
