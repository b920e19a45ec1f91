import { describe, expect, it } from 'vitest'
import {
  BY_NUMBER,
  type GroupCoordinator,
  withEveryTopic,
} from '../../../../services/platform/kafkajs/assignments.ts'
import { AssignerProtocol } from '../../../../services/platform/kafkajs/kafkajs.ts'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

/** A broker at which somebody leads who deals out as it is told to. */
function broker(groupProtocol: string, dealt: Record<string, number[]>): GroupCoordinator {
  return withEveryTopic(
    {
      joinGroup: async () => ({ memberId: 'member', groupProtocol }),
      syncGroup: async () => ({
        memberAssignment: MemberAssignment.encode({
          ...{ version: 1, assignment: dealt, userData: Buffer.alloc(0) },
        }),
      }),
    },
    AssignerProtocol as never,
  )
}

async function assigned(coordinator: GroupCoordinator, topics: string[]) {
  const metadata = MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) })
  const groupProtocols = [BY_NUMBER, 'RoundRobinAssigner'].map(name => ({ name, metadata }))
  const { memberId } = await coordinator.joinGroup({ groupProtocols })
  const { memberAssignment } = await coordinator.syncGroup({ memberId })
  return MemberAssignment.decode(memberAssignment)?.assignment
}

describe('a member of a group that deals numbers', () => {
  it('reads each number of a topic that its leader does not know', async () => {
    const dealt = await assigned(broker(BY_NUMBER, { candidates: [1, 4] }), ['candidates', 'claims'])
    expect(dealt).toEqual({ candidates: [1, 4], claims: [1, 4] })
  })

  it('reads nothing that it has not joined for', async () => {
    const dealt = await assigned(broker(BY_NUMBER, { candidates: [2], claims: [2] }), ['candidates'])
    expect(dealt).toEqual({ candidates: [2] })
  })

  it('has nothing when it is dealt nothing', async () => {
    expect(await assigned(broker(BY_NUMBER, {}), ['candidates'])).toEqual({ candidates: [] })
  })
})

it('leaves the members of other groups what they are dealt', async () => {
  const dealt = await assigned(broker('RoundRobinAssigner', { candidates: [3] }), ['candidates', 'claims'])
  expect(dealt).toEqual({ candidates: [3] })
})
