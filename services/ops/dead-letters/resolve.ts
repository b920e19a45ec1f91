/** Sends dead letters back, or discards them, and says what was done or would be. */
import { DeskError } from '../../platform/dead-letters/desk.ts'
import type { Plan } from '../../platform/dead-letters/plan.ts'
import {
  type Resolved,
  type ResolvePorts,
  type Resolving,
  resolveLetters,
} from '../../platform/dead-letters/resolve.ts'
import { agreed, type Consent, isAsked } from '../cli/consent.ts'
import { recordDecision } from '../cli/decision.ts'
import { OperatorError } from '../cli/exit.ts'
import type { Operator, Session } from '../cli/session.ts'
import { resolvePorts } from './ports.ts'

export interface ResolveOptions extends Omit<Resolving, 'isReal'>, Consent {
  readonly limit: number
  readonly perSecond: number
}

export async function resolveByCommand(
  session: Session,
  options: ResolveOptions,
  nowMs: () => number,
): Promise<void> {
  const { selection, perSecond, operator, wanted } = options
  const ports = await resolvePorts(session, { perSecond, nowMs })
  if (options.yes !== true) {
    const count = await pass(session, ports, options, false)
    if (count === 0) return
    const letters = count === 1 ? 'one dead letter' : `${count} dead letters`
    if (
      !(await agreed(session, options, wanted === 'discard' ? `discard ${letters}` : `send back ${letters}`))
    )
      return
  }
  await recordDecision(session, [...(selection.ids ?? [])], namedBy(session, operator))
  await pass(session, ports, options, true)
}

/** Prints what was done, or what would be. @returns how many letters that is, or would be */
async function pass(
  session: Session,
  ports: ResolvePorts,
  options: ResolveOptions,
  isReal: boolean,
): Promise<number> {
  const { selection, limit } = options
  const resolved: Resolved[] = []
  const missing = new Set(selection.ids)
  try {
    for await (const item of resolveLetters(ports, { ...options, isReal })) {
      missing.delete(item.letter.id)
      resolved.push(item)
      if (resolved.length === limit) break
    }
  } catch (error) {
    throw error instanceof DeskError ? new OperatorError(error.message) : error
  } finally {
    if (isReal || !session.out.isJson || !isAsked(session, options))
      report(session, resolved, options, isReal)
  }
  if (missing.size > 0)
    throw new OperatorError(
      `no such dead letter: ${[...missing].join(', ')}. Its topic may have dropped it by age`,
    )
  return resolved.filter(({ plan }) => plan.type !== 'leave').length
}

const namedBy = ({ operator }: Session, name: string): Operator =>
  name === operator.name ? operator : { ...operator, name, provedBy: 'said' }

const DONE = { redrive: 'redriven', route: 'redriven', discard: 'discarded', leave: 'left' } as const
const WOULD = { redrive: 'redrive', route: 'redrive', discard: 'discard', leave: 'left' } as const

/** Also of what was done before something failed. */
function report(
  { out }: Session,
  resolved: readonly Resolved[],
  { limit, selection }: ResolveOptions,
  isReal: boolean,
): void {
  const words = isReal ? DONE : WOULD
  const said = resolved.map(({ letter: { id, code, key }, plan }) => ({
    ...{ id, code, key, plan: words[plan.type], why: whyOf(plan) },
  }))
  out.list(
    said,
    [
      { title: 'id', value: ({ id }) => id },
      { title: 'code', value: ({ code }) => code },
      { title: 'key', value: ({ key }) => key },
      { title: isReal ? 'done' : 'would be done', value: ({ plan }) => plan },
      { title: 'why', value: ({ why }) => why },
    ],
    'no dead letter matches that is not decided on already',
  )
  if (selection.ids === undefined && said.length === limit)
    out.note(`stopped at ${limit} letters (--limit): give the command again for more`)
}

function whyOf(plan: Plan): string | null {
  switch (plan.type) {
    case 'leave':
      return plan.why
    case 'redrive':
      return `to ${plan.to}`
    case 'route':
      return `as ${plan.records.length === 1 ? 'one event' : `${plan.records.length} events`} to ${plan.to}`
    case 'discard':
      return null
  }
}
