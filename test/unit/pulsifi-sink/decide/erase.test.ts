import { describe, expect, it } from 'vitest'
import type { PulsifiInvitation } from '../../../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
} from '../../../../services/core/topics.ts'
import type { Output } from '../../../../services/platform/partitions/processor.ts'
import { setAsideKey } from '../../../../services/platform/partitions/set-aside.ts'
import { candidateKey, resultKey } from '../../../../services/pulsifi-sink/ledger/state.ts'
import { createTables } from '../../../../services/pulsifi-sink/ledger/tables.ts'
import { referenceTableEntries } from '../../../../services/pulsifi-sink/ledger/witness.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { apply, storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'
import { anInvitation, aReply } from '../ledger-records.ts'
import { aCandidate } from '../records.ts'

const applicationKey = 'jobylon:default:7'
const invited = anInvitation({
  outcome: 'INVITED',
  pulsifi_candidate_id: 'c-1',
  invite_code: 'abc',
  invitation_link: 'https://candidate.example.com/invites/abc',
  status: 'invited',
})
const deletion = {
  topic: CANONICAL_CANDIDATE,
  value: codec.encode(CANONICAL_CANDIDATE, aCandidate({ lifecycle: 'DELETED', applications: [] })),
}
const tombstone = { topic: CANONICAL_CANDIDATE, value: null }
const score = (score_type: string, score_value: number) => ({ score_type, score_value, score_format: 100 })

const RESULTS = createTables(codec).find(({ topic }) => topic === PULSIFI_RESULT)
/** What the store keeps of results is what their table reads. */
function keep(sink: SinkDecisions, outputs: readonly Output[]): void {
  for (const { topic, key, value } of outputs)
    if (topic === PULSIFI_RESULT)
      apply(sink.state, RESULTS?.entries(String(key), value, storeOf(sink.state)) ?? [])
}

/** A sink that has published a result for each of these looks, and the keys of all their scores. */
function afterLooks(...looks: readonly (readonly ReturnType<typeof score>[])[]) {
  const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [invited] })
  const keys = looks.flatMap((scores, at) => {
    const input = { reply: aReply({ status: 'started', scores: [...scores] }), askedAtMs: 4_000 + at }
    const { outputs } = sink.internal({ type: 'observation', applicationKey, trigger: 'POLL', ...input })
    keep(sink, outputs)
    return outputs.filter(({ topic }) => topic === PULSIFI_SCORE).map(({ key }) => key)
  })
  return { sink, keys }
}

const goneOf = (outputs: readonly Output[], of: string) =>
  outputs.filter(({ topic, value }) => topic === of && value === null).map(({ key }) => key)

describe('a deletion of somebody who was scored', () => {
  it('removes the result and every score that was ever published, and marks the application', () => {
    const { sink, keys } = afterLooks(
      [score('role_fit', 80), score('culture_fit', 70)],
      [score('role_fit', 90)],
    )
    expect(new Set(keys).size).toBe(3)
    const { outputs, invitations } = sink.record(deletion)
    expect(goneOf(outputs, PULSIFI_SCORE)).toEqual([...keys, applicationKey])
    expect(goneOf(outputs, PULSIFI_RESULT)).toEqual([applicationKey])
    expect(invitations).toMatchObject([
      { outcome: 'INVITED', reasons: ['PULSIFI_ERASURE_REQUIRED'], invitation_link: null, invite_code: null },
    ])
  })

  it('makes no identifier of Pulsifi lead to them any more', () => {
    const { outputs } = afterLooks([]).sink.record(deletion)
    expect(goneOf(outputs, PULSIFI_REFERENCE)).toEqual(['abc', 'c-1'])
  })

  it('does so, too, where the ledger has lost whom the answer named, and the references know', () => {
    const lost = anInvitation({ outcome: 'INTENDED' })
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [lost] })
    const record = {
      ...{ reference: 'c-9', kind: 'CANDIDATE_ID' as const, application_key: applicationKey },
      ...{ attempt: 1, partition: 0, claims: [], updated_at: 2_000 },
    }
    const value = codec.encode(PULSIFI_REFERENCE, record)
    apply(sink.references, referenceTableEntries(codec, 'c-9', value, storeOf(sink.references)))
    expect(goneOf(sink.record(deletion).outputs, PULSIFI_REFERENCE)).toContain('c-9')
  })

  it('keeps our own identifier, so that nobody else is invited, and says of it that the person is gone', () => {
    const { outputs } = afterLooks([]).sink.record(deletion)
    const [kept] = outputs.flatMap(({ topic, value }) =>
      topic === PULSIFI_REFERENCE && value !== null ? [codec.decode(topic, value)] : [],
    )
    expect(kept).toMatchObject({
      reference: 'jobylon_7',
      kind: 'ERASED',
      application_key: applicationKey,
      attempt: 1,
    })
  })

  it.each([
    ['the same deletion again', deletion],
    ['the tombstone that follows', tombstone],
  ])('is done once: %s writes nothing', (_what, repeat) => {
    const { sink } = afterLooks([score('role_fit', 80)])
    keep(sink, sink.record(deletion).outputs)
    expect(sink.record(repeat).outputs).toEqual([])
  })

  it('is made up for by the tombstone where an older version left the result', () => {
    const { sink, keys } = afterLooks([score('role_fit', 80)])
    const { invitations } = new SinkDecisions({ invitations: [invited] }).record(deletion)
    const older = new SinkDecisions({ invitations: invitations as PulsifiInvitation[] })
    older.state.set(resultKey(applicationKey), sink.state.get(resultKey(applicationKey)))
    const { outputs } = older.record(tombstone)
    expect(goneOf(outputs, PULSIFI_SCORE)).toEqual([...keys, applicationKey])
  })

  it('is made up for when an operator asks, and only while the person is gone', () => {
    const erase = { kind: 'COMMAND', command: 'erase', candidateKey: 'jobylon:default:7' } as const
    const { sink, keys } = afterLooks([score('role_fit', 80)])
    expect(sink.message(erase).outputs).toEqual([])
    sink.state.delete(candidateKey('jobylon:default:7'))
    const { outputs } = sink.message(erase)
    keep(sink, outputs)
    expect(goneOf(outputs, PULSIFI_SCORE)).toEqual([...keys, applicationKey])
    expect(sink.message(erase).outputs).toEqual([])
  })

  it('of a result that an older version wrote takes what stands under the key of the application', () => {
    const sink = new SinkDecisions({ candidates: [aCandidate()], invitations: [invited] })
    sink.state.set(resultKey(applicationKey), { contentSha256: 'x', status: 'completed', observedAtMs: 1 })
    expect(goneOf(sink.record(deletion).outputs, PULSIFI_SCORE)).toEqual([applicationKey])
  })

  it.each([
    [
      'by the answer to a call that was under way',
      (sink: SinkDecisions) =>
        sink.internal({
          ...{ type: 'invitation-answer', applicationKey, attempt: 1 },
          verdict: { type: 'done', body: aReply(), httpStatus: 200 },
        }),
    ],
    [
      'by an operator',
      (sink: SinkDecisions) =>
        sink.message({
          ...{ kind: 'COMMAND', command: 'resolve', applicationKey, attempt: 1 },
          pulsifiCandidateId: 'c-1',
        }),
    ],
  ])('learns no identifier afterwards: %s', (_what, learn) => {
    for (const outcome of ['INTENDED', 'AMBIGUOUS'] as const) {
      const sink = new SinkDecisions({ invitations: [anInvitation({ outcome })] })
      sink.record(deletion)
      expect(learn(sink).outputs.filter(({ topic }) => topic === PULSIFI_REFERENCE)).toEqual([])
    }
  })
})

it('a result that nobody can read takes the scores along that only it can name', () => {
  const { sink, keys } = afterLooks([score('role_fit', 80)])
  sink.state.set(setAsideKey(PULSIFI_RESULT, applicationKey), 5)
  const skip = {
    kind: 'COMMAND',
    command: 'skip-record',
    topic: PULSIFI_RESULT,
    key: applicationKey,
  } as const
  const { outputs } = sink.message({ ...skip, offset: 5 })
  expect(goneOf(outputs, PULSIFI_SCORE)).toEqual([...keys, applicationKey])
  expect(goneOf(outputs, PULSIFI_RESULT)).toEqual([applicationKey])
})
