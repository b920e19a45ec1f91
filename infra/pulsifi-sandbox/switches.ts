/** Faults that the page switches on and off with one press: each is a rule, and on while it is armed. Pure. */
import { isDeepStrictEqual } from 'node:util'
import type { ArmedRule, FaultRule } from './faults.ts'

export type FaultSwitch = {
  readonly name: string
  readonly label: string
  /** What it is good for seeing. */
  readonly hint: string
  readonly rule: FaultRule
}

export const SWITCHES: readonly FaultSwitch[] = [
  {
    name: 'slow',
    label: 'Slow answers',
    hint: 'Every call takes 2 s longer.',
    rule: { operation: '*', action: 'latency', ms: 2_000 },
  },
  {
    name: 'unavailable',
    label: 'Unavailable',
    hint: 'Every call is answered 503, to be tried again in 5 s.',
    rule: { operation: '*', action: 'status', status: 503, retryAfter: 5 },
  },
  {
    name: 'too-many-requests',
    label: 'Too many requests',
    hint: 'Every call is answered 429, to be tried again in 5 s.',
    rule: { operation: '*', action: 'status', status: 429, retryAfter: 5 },
  },
  {
    name: 'answer-lost',
    label: 'Answers to invitations lost',
    hint: 'The candidate is made, and the connection is reset.',
    rule: { operation: 'candidates.create', action: 'reset-after-write' },
  },
  {
    name: 'invitation-refused',
    label: 'Invitations fail',
    hint: 'Answered 500, and no candidate is made.',
    rule: { operation: 'candidates.create', action: 'error-before-write', status: 500 },
  },
  {
    name: 'token-refused',
    label: 'Credentials refused',
    hint: 'Nobody gets a token any more: 401.',
    rule: { operation: 'token.create', action: 'status', status: 401 },
  },
  {
    name: 'callbacks-dropped',
    label: 'Callbacks dropped',
    hint: 'Results are there, and nobody is told.',
    rule: { operation: 'callbacks.deliver', action: 'drop' },
  },
  {
    name: 'callbacks-twice',
    label: 'Callbacks sent twice',
    hint: 'Everything is told two times.',
    rule: { operation: 'callbacks.deliver', action: 'duplicate', times: 2 },
  },
]

export const isRuleOf = ({ rule }: FaultSwitch, armed: ArmedRule): boolean =>
  isDeepStrictEqual(rule, armed.rule)

export const isOn = (fault: FaultSwitch, armed: readonly ArmedRule[]): boolean =>
  armed.some(entry => isRuleOf(fault, entry))
