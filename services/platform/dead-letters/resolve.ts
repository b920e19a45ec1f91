/** Sends dead letters back, or discards them, or only says what would become of them. */

import type { BlobStore } from '../blobs/store.ts'
import type { Connections } from '../connections/connections.ts'
import type { Sources } from '../connections/discover-sources.ts'
import { headerText } from '../kafka/record-headers.ts'
import { type DeskPorts, openDesk } from './desk.ts'
import { keptBody } from './kept-body.ts'
import { type Decision, type Plan, planOf, type Wanted } from './plan.ts'
import { receiveAgain } from './receive-again.ts'
import { type Letter, type LetterSelection, readDecisions, readLetters } from './topics.ts'
import type { DeadLetter } from './view.ts'

export interface ResolvePorts extends DeskPorts {
  readonly sources: Sources
  /** As they are now: a company may have got its tenant since. */
  readonly settingsOf: Connections['settingsOf']
  /** Of the bodies that are kept outside Kafka. */
  readonly blobs: Pick<BlobStore, 'get' | 'put'>
  /** Resolves when the next letter may go. */
  readonly pace: () => Promise<void>
}

export interface Resolving {
  readonly wanted: Wanted
  /** False: nothing is done. */
  readonly isReal: boolean
  readonly selection: LetterSelection
  readonly operator: string
}

export interface Resolved {
  readonly letter: DeadLetter
  /** It was done, if it was to be. */
  readonly plan: Plan
}

/**
 * One after the other, in the order of their partition; who stops iterating stops it. Letters that are decided already
 * count only when they were named; names of letters that are no longer there are passed over.
 */
export async function* resolveLetters(ports: ResolvePorts, resolving: Resolving): AsyncGenerator<Resolved> {
  const { selection, wanted } = resolving
  const desk = resolving.isReal ? await openDesk(ports, resolving.operator) : null
  try {
    const decisions = desk?.decisions ?? (await readDecisions(ports))
    for await (const item of readLetters(ports, selection)) {
      const decided = decisions.get(item.letter.id)
      if (selection.ids === undefined && decided !== undefined) continue
      const plan = await plannedFor(item, wanted, decided, ports)
      if (desk !== null && plan.type !== 'leave') {
        await ports.pace()
        await desk.resolve(item, plan)
      }
      yield { letter: item.letter, plan }
    }
  } finally {
    await desk?.close()
  }
}

async function plannedFor(
  { letter, record }: Letter,
  wanted: Wanted,
  decided: Decision | undefined,
  { sources, settingsOf, blobs }: ResolvePorts,
): Promise<Plan> {
  const plan = planOf(letter, wanted, decided)
  if (plan.type !== 'receive') return plan
  const header = (name: string) => headerText(record.headers, name)
  return receiveAgain(sources, settingsOf, header, await keptBody(record, blobs))
}
