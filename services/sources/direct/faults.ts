/** What is wrong with a delivery in our own format, for whoever sent it: they can mend it and send it again. */
import { z } from 'zod'
import { parseJson } from '../../core/json.ts'
import { checkLeniently } from '../check.ts'
import type { RawEvent, WebhookRequest } from '../source.ts'
import { DECISIVE } from './decisive.ts'
import { CandidateDeletion, CandidateUpsert, Envelope, JobDeletion, JobUpsert } from './payload.ts'
import { split, UNREADABLE } from './split.ts'

/** Whoever has more has one fault in every element. */
const FAULTS_MAX = 20

const PAYLOADS: Readonly<Record<string, z.ZodType>> = {
  'job.upsert': JobUpsert,
  'job.delete': JobDeletion,
  'candidate.upsert': CandidateUpsert,
  'candidate.delete': CandidateDeletion,
}
const compiled = new Map<string, z.ZodType>()

/** Element and field of each, never a value; what would be left out with a warning is none. Empty: it can be taken. */
export function faultsOf(request: WebhookRequest): readonly string[] {
  const events = split(request)
  if (events.type !== 'ok') return [events.type === 'reject' ? events.detail : events.reason]
  const faults: string[] = []
  for (const [index, event] of events.value.entries()) {
    const where = events.value.length === 1 ? '' : `element ${index + 1}: `
    for (const fault of faultsOfEvent(event)) faults.push(where + fault)
    if (faults.length >= FAULTS_MAX) break
  }
  return faults.slice(0, FAULTS_MAX)
}

function faultsOfEvent({ kind, text }: RawEvent): readonly string[] {
  if (kind === UNREADABLE) return ['not JSON']
  const body = parseJson(text)
  const payload = PAYLOADS[kind]
  // It names no job and no candidate: the envelope says why.
  if (payload === undefined) return said(Envelope.safeParse(body).error)
  return said(checkLeniently(body, compiledOf(kind, payload), DECISIVE).error ?? undefined)
}

/** At the first event: it takes a while. */
function compiledOf(kind: string, payload: z.ZodType): z.ZodType {
  const found = compiled.get(kind) ?? z.compile(payload)
  compiled.set(kind, found)
  return found
}

const said = (error: z.ZodError | undefined): readonly string[] =>
  (error?.issues ?? []).flatMap(issue => {
    const path = issue.path.join('.')
    return issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => `${path === '' ? key : `${path}.${key}`}: there is no such field`)
      : [`${path || '(body)'}: ${issue.message}`]
  })
