/** What a person decides on the page about dead letters, done by the same mechanism as the operator's command. */
import type { BlobStore } from '../platform/blobs/store.ts'
import type { Connections } from '../platform/connections/connections.ts'
import type { Sources } from '../platform/connections/discover-sources.ts'
import { DeskError } from '../platform/dead-letters/desk.ts'
import { type Resolved, resolveLetters } from '../platform/dead-letters/resolve.ts'
import { placeOf } from '../platform/dead-letters/view.ts'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { createPace } from '../platform/process/at-most-per-second.ts'
import { readRanges } from '../platform/readers/topic-reader.ts'
import {
  ApiError,
  type DeadLetterPlace,
  type ResolvedLetter,
  type ResolveLetters,
} from './figures/endpoint.ts'
import { oneAfterTheOther } from './store/ingestion.ts'

export interface LetterPorts {
  readonly kafka: KafkaClient
  readonly sources: Sources
  /** Reads the connections when it is asked: they hold secrets, and the page has no other use for them. */
  readonly settingsOf: Connections['settingsOf']
  readonly blobs: Pick<BlobStore, 'get' | 'put'>
  readonly nowMs: () => number
}

const READER = 'console'
/** As the operator's command does unless told otherwise: who reads them again has other work too. */
const PER_SECOND = 20

/** A second click waits for the first: whoever begins to decide ends the turn of whoever decided before. */
export function createLetterResolver({ kafka, ...ports }: LetterPorts): ResolveLetters {
  const alone = oneAfterTheOther()
  const resolving = {
    ...ports,
    kafka,
    read: (_: string, ranges: Parameters<typeof readRanges>[1]) =>
      readRanges(kafka, ranges, { reader: READER }),
    pace: createPace(PER_SECOND),
  }
  return (wanted, places, operator) =>
    alone(async () => {
      const selection = { ids: new Set(places.map(placeOf)) }
      const resolved = new Map<string, Resolved>()
      try {
        for await (const item of resolveLetters(resolving, {
          ...{ wanted, selection, isReal: true, operator: `${READER}: ${operator}` },
        }))
          resolved.set(item.letter.id, item)
      } catch (error) {
        throw error instanceof DeskError ? new ApiError(409, 'NOT_RESOLVED', error.message) : error
      }
      return places.map(place => toResolvedLetter(place, resolved.get(placeOf(place))))
    })
}

const DONE = { redrive: 'redriven', route: 'redriven', discard: 'discarded', leave: 'left' } as const

/** A letter that was not found has left its topic by age. */
function toResolvedLetter(place: DeadLetterPlace, resolved: Resolved | undefined): ResolvedLetter {
  if (resolved === undefined)
    return { ...place, done: 'missing', why: 'its topic has dropped it by age', sent_to: null, events: 0 }
  const { plan } = resolved
  return {
    ...place,
    done: DONE[plan.type],
    why: plan.type === 'leave' ? plan.why : null,
    sent_to: plan.type === 'redrive' || plan.type === 'route' ? plan.to : null,
    events: plan.type === 'route' ? plan.records.length : plan.type === 'redrive' ? 1 : 0,
  }
}
