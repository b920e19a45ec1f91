/** Answers that are made once for everybody who asks the same. */
import type { Lasts } from '../figures/endpoint.ts'

interface Kept {
  /** What the tables were at; null for what changes by itself. */
  readonly mark: string | null
  readonly body: Promise<unknown>
  /** It is good until then, whatever came meanwhile. */
  goodUntilMs: number
}

export interface KeptAnswers {
  /** Of the tables as they are. */
  readonly mark: () => string
  readonly get: (address: string, lasts: Exclude<Lasts, 'never'>, make: () => Promise<unknown>) => Kept
}

/** Answers that are kept at most; the page asks for about twenty. */
const KEPT_MAX = 200
/** Made anew as soon as there is news. */
const CHEAP_MS = 25
/**
 * What took longer is good for so many times as long. While applications come in there is news four times a second, and
 * ten people who look would otherwise keep the database at questions that it has just answered.
 */
const TIMES = 20
const LONGEST_MS = 10_000

/** @param mark differs whenever an answer may, but for what changes by itself */
export function keepAnswers(mark: () => string, nowMs: () => number): KeptAnswers {
  const answers = new Map<string, Kept>()
  const isGood = (kept: Kept, now: string) =>
    (kept.mark !== null && kept.mark === now) || nowMs() < kept.goodUntilMs

  /** What somebody who was erased meanwhile was part of does not stay either. */
  function forget(now: string): void {
    for (const [address, kept] of answers) if (!isGood(kept, now)) answers.delete(address)
    if (answers.size >= KEPT_MAX) answers.clear()
  }

  function keep(address: string, kept: Kept, startedMs: number): Kept {
    answers.set(address, kept)
    kept.body.then(
      () => {
        const tookMs = nowMs() - startedMs
        kept.goodUntilMs = tookMs < CHEAP_MS ? 0 : nowMs() + Math.min(LONGEST_MS, tookMs * TIMES)
      },
      // A fault is not an answer.
      () => {
        if (answers.get(address) === kept) answers.delete(address)
      },
    )
    return kept
  }

  return {
    mark,
    get(address, lasts, make) {
      const now = mark()
      forget(now)
      const known = answers.get(address)
      if (known !== undefined) return known
      const startedMs = nowMs()
      const ofTables = lasts === 'until-a-record' ? now : null
      // While it is made, whoever asks the same waits for it.
      return keep(address, { mark: ofTables, body: make(), goodUntilMs: Number.POSITIVE_INFINITY }, startedMs)
    },
  }
}

/** What several answers are made of, by its name: made once for each state of the tables. */
export function keepForMark<T>(mark: () => string): (name: string, make: () => Promise<T>) => Promise<T> {
  const values = new Map<string, Promise<T>>()
  let madeAt = mark()
  return (name, make) => {
    const now = mark()
    if (now !== madeAt) values.clear()
    madeAt = now
    const known = values.get(name)
    if (known !== undefined) return known
    const value = make()
    values.set(name, value)
    value.catch(() => {
      if (values.get(name) === value) values.delete(name)
    })
    return value
  }
}
