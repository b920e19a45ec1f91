import { describe, expect, it } from 'vitest'
import type { PulsifiReference } from '../../../../schemas/types.ts'
import type { SKIPPABLE_TOPICS } from '../../../../services/core/inbox-command.ts'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
} from '../../../../services/core/topics.ts'
import { setAsideKey } from '../../../../services/platform/partitions/set-aside.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { codec } from '../../../support/sink-world.ts'
import { aBinding, aBoundBinding, anInvitation } from '../ledger-records.ts'
import { aCandidate, aJob } from '../records.ts'

const APPLICATION = 'jobylon:default:7'
const JOB = 'jobylon:default:42'
const candidate = { topic: CANONICAL_CANDIDATE, value: codec.encode(CANONICAL_CANDIDATE, aCandidate()) }
const skip = (topic: (typeof SKIPPABLE_TOPICS)[number], key: string, offset = 5) =>
  ({ kind: 'COMMAND', command: 'skip-record', topic, key, offset }) as const

function sinkWith(topic: string, key: string, known: ConstructorParameters<typeof SinkDecisions>[0] = {}) {
  const sink = new SinkDecisions({ candidates: [aCandidate()], jobs: [aJob()], ...known })
  sink.state.set(setAsideKey(topic, key), 5)
  return sink
}

describe('while a record of the ledger cannot be read', () => {
  const known = { bindings: [aBoundBinding()] }

  it('nobody is invited, and who would be says why', () => {
    const { invitations, effects } = sinkWith(PULSIFI_INVITATION, 'of-another', known).record(candidate)
    expect(invitations).toMatchObject([{ outcome: 'WAITING', reasons: ['LEDGER_UNREADABLE'] }])
    expect(effects).toEqual([])
  })

  it('nothing is written over it', () => {
    const { invitations, outputs } = sinkWith(PULSIFI_INVITATION, APPLICATION, known).record(candidate)
    expect([invitations, outputs]).toEqual([[], []])
  })

  it('a person puts what is known in its place, once, and everything open is decided again', () => {
    const waiting = anInvitation({ outcome: 'WAITING', reasons: ['JOB_UNBOUND'] })
    const sink = sinkWith(PULSIFI_INVITATION, APPLICATION, { ...known, invitations: [waiting] })
    expect(sink.message(skip(PULSIFI_INVITATION, APPLICATION, 4)).outputs).toEqual([])
    const { invitations, effects } = sink.message(skip(PULSIFI_INVITATION, APPLICATION))
    expect(invitations).toEqual([waiting])
    expect(effects).toEqual([{ type: 'decide-open' }])
  })

  it('a person removes it where nothing is known, and inviting goes on', () => {
    const sink = sinkWith(PULSIFI_INVITATION, 'foreign', known)
    const { outputs } = sink.message(skip(PULSIFI_INVITATION, 'foreign'))
    expect(outputs).toMatchObject([{ topic: PULSIFI_INVITATION, key: 'foreign', value: null }])
    // What the runtime does once it is written.
    sink.state.delete(setAsideKey(PULSIFI_INVITATION, 'foreign'))
    expect(sink.record(candidate).effects).toMatchObject([{ type: 'invite' }])
  })
})

describe('while the binding of a job cannot be read', () => {
  const job = { topic: CANONICAL_JOB, value: codec.encode(CANONICAL_JOB, aJob()) }

  it('the job is not made a second time', () => {
    const sink = sinkWith(PULSIFI_JOB_BINDING, JOB, { bindings: [aBinding({ state: 'WANTED' })] })
    const decisions = [
      sink.record(job),
      sink.message({ kind: 'JOB_WANTED', jobKey: JOB }),
      sink.internal({ type: 'decide-job', jobKey: JOB, hasTurn: true }),
    ]
    expect(decisions.flatMap(({ bindings, effects }) => [...bindings, ...effects])).toEqual([])
  })

  it('a person removes it, and the job is as if it had just come', () => {
    const sink = sinkWith(PULSIFI_JOB_BINDING, JOB)
    const { outputs, bindings } = sink.message(skip(PULSIFI_JOB_BINDING, JOB))
    expect(outputs[0]).toMatchObject({ topic: PULSIFI_JOB_BINDING, key: JOB, value: null })
    expect(bindings).toMatchObject([{ job_key: JOB, state: 'KNOWN' }])
  })
})

it('puts what all know of a reference in the place of its record', () => {
  const sink = new SinkDecisions({})
  const known: PulsifiReference = {
    reference: 'r',
    kind: 'INVITE_CODE',
    application_key: APPLICATION,
    partition: 0,
    attempt: 1,
    claims: [],
    updated_at: 0,
  }
  sink.references.set('r', known)
  expect(sink.message(skip(PULSIFI_REFERENCE, 'r')).outputs).toMatchObject([
    { topic: PULSIFI_REFERENCE, key: 'r', value: codec.encode(PULSIFI_REFERENCE, known) },
  ])
})
