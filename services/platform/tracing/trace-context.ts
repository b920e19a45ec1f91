/**
 * Whose trace a thing belongs to, and how that is written. Pure.
 *
 * A trace is the story of one candidate or job, and its id is made of the key, as all ids of ours are: what happens weeks
 * later finds its trace without anybody having kept it, and a sampler that goes by the id answers the same every time.
 */
import type { SpanContext } from '@opentelemetry/api'
import type { IHeaders } from 'kafkajs'
import { sha256Hex } from '../../core/identity.ts'
import { HEADER } from '../../core/topics.ts'

/** W3C Trace Context, version 00; ids of zeros are not ids. */
const TRACE_PARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/

/** The bit of the flags that says that somebody keeps the trace. */
export const SAMPLED = 1

export const isTraceParent = (text: string): boolean => TRACE_PARENT.test(text)

/** Null for what is none. */
export function readTraceParent(text: string | undefined): SpanContext | null {
  const [, traceId, spanId, flags] = TRACE_PARENT.exec(text ?? '') ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED, isRemote: true }
}

/** A trace that nobody keeps, told by one byte of the header: most records are of such a trace. */
export function isLeftOut(headers: IHeaders): boolean {
  const header = headers[HEADER.traceParent]
  if (!(header instanceof Uint8Array) || header.length !== LENGTH) return false
  const last = header[LENGTH - 1] ?? 0
  return last >= DIGIT_0 && last <= DIGIT_0 + 9 && last % 2 === 0
}

const LENGTH = 55
/** As ASCII has it: digits are even where their codes are. */
const DIGIT_0 = 48

export const traceParentText = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-0${traceFlags & SAMPLED}`

export const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & SAMPLED) !== 0

/** @param key of the candidate or job; of what is about neither, its own */
export const traceIdOf = (key: string): string => sha256Hex(`trace|${key}`).slice(0, 32)

/** The intent of one call: what comes of it later leads there. */
export const intentOf = (storyKey: string, entityKey: string, attempt: number): SpanContext => ({
  traceId: traceIdOf(storyKey),
  spanId: sha256Hex(`intent|${entityKey}|${attempt}`).slice(0, 16),
  traceFlags: SAMPLED,
  isRemote: true,
})
