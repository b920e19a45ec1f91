/** Sends dead letters back, or discards them: plans first, then does it one by one, or only says what it would do. */
import { type Plan, planOf, type Wanted } from './dead-letter.ts'
import {
  type Letter,
  type LetterSelection,
  openDesk,
  readDecisions,
  readLetters,
} from './dead-letter-topics.ts'
import { OperatorError } from './exit.ts'
import { createPace } from './pace.ts'
import type { Session } from './session.ts'

export interface SettleOptions {
  readonly wanted: Wanted
  /** False: a dry run. */
  readonly isReal: boolean
  readonly selection: LetterSelection
  readonly limit: number
  readonly perSecond: number
  readonly operator: string
}

interface Planned {
  readonly id: string
  readonly code: string
  readonly key: string | null
  readonly plan: string
  readonly why: string | null
}

/** In the order of their partition. Letters that are decided already count only when they were named. */
export async function settleLetters(
  session: Session,
  options: SettleOptions,
  nowMs: () => number,
): Promise<void> {
  const desk = options.isReal ? await openDesk(session, options.operator, nowMs) : null
  const planned: Planned[] = []
  const missing = new Set(options.selection.ids)
  try {
    const decisions = desk?.decisions ?? (await readDecisions(session))
    const pace = createPace(options.perSecond)
    for await (const item of readLetters(session, options.selection)) {
      const wasNamed = missing.delete(item.letter.id)
      const decided = decisions.get(item.letter.id)
      if (!wasNamed && decided !== undefined) continue
      const plan = planOf(item.letter, options.wanted, decided)
      if (desk !== null && plan.type !== 'leave') {
        await pace()
        await desk.settle(item, plan)
      }
      planned.push(toPlanned(item, plan, options.isReal))
      if (planned.length === options.limit) break
    }
  } finally {
    await desk?.close()
    report(session, planned, options)
  }
  if (missing.size > 0)
    throw new OperatorError(
      `no such dead letter: ${[...missing].join(', ')}. Its topic may have dropped it by age`,
    )
}

const DONE = { redrive: 'redriven', discard: 'discarded', leave: 'left' } as const

function toPlanned({ letter: { id, code, key } }: Letter, plan: Plan, isReal: boolean): Planned {
  const why = plan.type === 'leave' ? plan.why : plan.type === 'redrive' ? `to ${plan.to}` : null
  return { id, code, key, plan: isReal || plan.type === 'leave' ? DONE[plan.type] : plan.type, why }
}

/** Also of what was done before something failed. */
function report(
  { out }: Session,
  planned: readonly Planned[],
  { isReal, limit, selection }: SettleOptions,
): void {
  out.list(
    planned,
    [
      { title: 'id', value: ({ id }) => id },
      { title: 'code', value: ({ code }) => code },
      { title: 'key', value: ({ key }) => key },
      { title: isReal ? 'done' : 'would be done', value: ({ plan }) => plan },
      { title: 'why', value: ({ why }) => why },
    ],
    'no dead letter matches that is not decided about already',
  )
  if (selection.ids === undefined && planned.length === limit)
    out.note(`stopped at ${limit} letters (--limit): give the command again for more`)
  const count = planned.filter(({ plan }) => plan !== DONE.leave).length
  if (!isReal && count > 0) out.note(`nothing was done: add --yes to do it for ${count}`)
}
