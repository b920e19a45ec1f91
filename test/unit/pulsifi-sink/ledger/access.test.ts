/** The way into an assessment, as the sink writes it apart from the ledger. */
import { expect, it } from 'vitest'
import { CANONICAL_CANDIDATE, PULSIFI_ACCESS } from '../../../../services/core/topics.ts'
import type { Output } from '../../../../services/platform/partitions/processor.ts'
import { SinkDecisions } from '../../../support/sink-decider.ts'
import { codec } from '../../../support/sink-world.ts'
import { anInvitation, aReply } from '../ledger-records.ts'
import { aCandidate } from '../records.ts'

const applicationKey = 'jobylon:default:7'
const link = 'https://candidate.pulsifi.me/invites/abc'
const accessIn = ({ outputs }: { readonly outputs: readonly Output[] }) =>
  outputs.flatMap(({ topic, key, value }) =>
    topic === PULSIFI_ACCESS ? [{ key, record: value && codec.decode(topic, value) }] : [],
  )
const answered = (sink: SinkDecisions) =>
  sink.internal({
    ...{ type: 'invitation-answer', applicationKey, attempt: 1 },
    verdict: { type: 'done', body: aReply(), httpStatus: 201 },
  })
const looked = (sink: SinkDecisions, change: object = {}, askedAtMs = 4_000) =>
  sink.internal({
    ...{ type: 'observation', applicationKey, trigger: 'POLL', askedAtMs },
    reply: aReply(change),
  })
const deletion = {
  topic: CANONICAL_CANDIDATE,
  value: codec.encode(CANONICAL_CANDIDATE, aCandidate({ lifecycle: 'DELETED', applications: [] })),
}

it('stands on a topic of its own, and in the ledger no more', () => {
  const decided = answered(new SinkDecisions({ invitations: [anInvitation()] }))
  expect(accessIn(decided)).toMatchObject([
    {
      key: applicationKey,
      record: {
        ...{ application_key: applicationKey, source: 'jobylon', tenant_id: 'default' },
        ...{ invitation_link: link, invite_code: 'abc', pulsifi_candidate_id: 'c-1' },
      },
    },
  ])
  expect(decided.invitations).toMatchObject([
    { outcome: 'INVITED', invitation_link: null, invite_code: null },
  ])
})

it('is written once, whatever looks show that is known', () => {
  const sink = new SinkDecisions({ invitations: [anInvitation()] })
  answered(sink)
  expect(looked(sink).outputs.filter(({ topic }) => topic.startsWith('pulsifi.invitation'))).toEqual([])
  expect(accessIn(looked(sink, { status: 'opened', invitation_link: null }, 4_100))).toEqual([])
  const renewed = 'https://candidate.pulsifi.me/invites/def'
  expect(accessIn(looked(sink, { status: 'opened', invitation_link: renewed }, 4_200))).toMatchObject([
    { record: { invitation_link: renewed, invite_code: 'def' } },
  ])
})

it('goes with its person, and makes no callback lead anywhere', () => {
  const sink = new SinkDecisions({ invitations: [anInvitation()] })
  answered(sink)
  const decided = sink.record(deletion)
  expect(accessIn(decided)).toEqual([{ key: applicationKey, record: null }])
  expect(decided.outputs).toContainEqual(expect.objectContaining({ key: 'abc', value: null }))
  expect(accessIn(looked(sink, {}, 4_500))).toEqual([])
})

it('moves out of a record of an older version with its next change', () => {
  const older = { outcome: 'INVITED', pulsifi_candidate_id: 'c-1', status: 'invited' } as const
  const sink = new SinkDecisions({
    invitations: [anInvitation({ ...older, invitation_link: link, invite_code: 'abc' })],
  })
  const decided = looked(sink, { status: 'opened', invitation_link: null })
  expect(accessIn(decided)).toMatchObject([{ record: { invitation_link: link, invite_code: 'abc' } }])
  expect(decided.invitations).toMatchObject([{ status: 'opened', invitation_link: null }])
})
