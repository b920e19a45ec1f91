/** Plays the steps of a story over HTTP, as their senders would: with a credential, and again until it was taken. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { Step, StorySource } from './story.ts'

export interface Sender {
  /** Base address of ingress. */
  readonly ingress: string
  readonly tenant: string
  readonly secretOf: (source: StorySource) => string
}

/** Who died is back long before. */
const GIVE_UP_AFTER_MS = 60_000
const AGAIN_AFTER_MS = 500
const ANSWER_TIMEOUT_MS = 10_000

export const bodyOf = ({ file, replace }: Step): string => {
  const text = readFileSync(new URL(`webhooks/${file}`, import.meta.url), 'utf8')
  return replace === undefined ? text : text.replaceAll(...replace)
}

/** @throws Error when the webhook was refused, or not answered for too long. */
export async function post(step: Step, sender: Sender): Promise<void> {
  const { path, headers } = credentialOf(step.source, sender)
  const request = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...step.headers, ...headers },
    body: bodyOf(step),
  }
  const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS
  for (;;) {
    const status = await statusOf(`${sender.ingress}${path}`, request)
    if (status === 200) return
    const isRefusal = status !== null && status < 500 && status !== 429
    if (isRefusal || performance.now() > giveUpAtMs)
      throw new Error(`${step.file}: ingress answered ${status ?? 'nothing'}`)
    await delay(AGAIN_AFTER_MS)
  }
}

/** Null when there was no answer. */
async function statusOf(url: string, request: RequestInit): Promise<number | null> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    await response.arrayBuffer()
    return response.status
  } catch {
    return null
  }
}

/** Each sender proves itself in another of the ways that ingress takes. */
function credentialOf(source: StorySource, { tenant, secretOf }: Sender) {
  const path = `/hooks/${source}/${tenant}`
  const secret = secretOf(source)
  switch (source) {
    case 'humansourcing':
      return { path: `${path}/${secret}`, headers: {} }
    case 'idibu':
      return { path, headers: { 'x-hook-token': secret } }
    case 'cleverconnect':
      return {
        path,
        headers: { authorization: `Basic ${Buffer.from(`cleverconnect:${secret}`).toString('base64')}` },
      }
    case 'jobylon':
      return { path, headers: { authorization: `Bearer ${secret}` } }
  }
}
