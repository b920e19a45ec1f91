/** Sends dead letters back, or discards them, and says what was done or would be. */
import { DeskError } from '../../platform/dead-letters/desk.ts'
import type { Plan } from '../../platform/dead-letters/plan.ts'
import { type Resolved, type Resolving, resolveLetters } from '../../platform/dead-letters/resolve.ts'
import { recordDecision } from '../cli/decision.ts'
import { OperatorError } from '../cli/exit.ts'
import type { Operator, Session } from '../cli/session.ts'
import { resolvePorts } from './ports.ts'

export interface ResolveOptions extends Resolving {
  readonly limit: number
  readonly perSecond: number
}

export async function resolveByCommand(
  session: Session,
  options: ResolveOptions,
  nowMs: () => number,
): Promise<void> {
  const { selection, limit, perSecond, isReal, operator } = options
  if (isReal) await recordDecision(session, [...(selection.ids ?? [])], namedBy(session, operator))
  const ports = await resolvePorts(session, { perSecond, nowMs })
  const resolved: Resolved[] = []
  const missing = new Set(selection.ids)
  try {
    for await (const item of resolveLetters(ports, options)) {
      missing.delete(item.letter.id)
      resolved.push(item)
      if (resolved.length === limit) break
    }
  } catch (error) {
    throw error instanceof DeskError ? new OperatorError(error.message) : error
  } finally {
    report(session, resolved, options)
  }
  if (missing.size > 0)
    throw new OperatorError(
      `no such dead letter: ${[...missing].join(', ')}. Its topic may have dropped it by age`,
    )
}

const namedBy = ({ operator }: Session, name: string): Operator =>
  name === operator.name ? operator : { ...operator, name, provedBy: 'said' }

const DONE = { redrive: 'redriven', route: 'redriven', discard: 'discarded', leave: 'left' } as const
const WOULD = { redrive: 'redrive', route: 'redrive', discard: 'discard', leave: 'left' } as const

/** Also of what was done before something failed. */
function report(
  { out }: Session,
  resolved: readonly Resolved[],
  { isReal, limit, selection }: ResolveOptions,
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
  const count = said.filter(({ plan }) => plan !== DONE.leave).length
  if (!isReal && count > 0) out.note(`nothing was done: add --yes to do it for ${count}`)
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
