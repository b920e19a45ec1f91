/**
 * Groups whose assigner deals partition *numbers*: a member that is given number p has number p of every topic that it
 * reads. While versions change, the leader may be of one that knows fewer topics and deals out those alone; so a member
 * reads the numbers out of its assignment, and knows the topics itself. It needs no leader of its own version to begin.
 */

/** The protocol's name, by which the members of such a group agree. */
export const BY_NUMBER = 'partition-number'

export interface AssignerProtocol {
  readonly MemberMetadata: { decode(metadata: Buffer): { readonly topics: readonly string[] } | null }
  readonly MemberAssignment: {
    decode(assignment: Buffer): { readonly assignment: Readonly<Record<string, readonly number[]>> } | null
    encode(options: { version: number; assignment: Record<string, number[]> }): Buffer
  }
}

interface JoinRequest {
  readonly groupProtocols: readonly { readonly name: string; readonly metadata: Buffer }[]
}
interface JoinAnswer {
  readonly memberId: string
  readonly groupProtocol: string
}
interface SyncRequest {
  readonly memberId: string
}
interface SyncAnswer {
  readonly memberAssignment: Buffer
}

/** A broker, as a member of a group asks it. */
export interface GroupCoordinator {
  joinGroup(this: object, request: JoinRequest): Promise<JoinAnswer>
  syncGroup(this: object, request: SyncRequest): Promise<SyncAnswer>
}

/** The same coordinator, whose members have every topic that they joined for, of each number that they are dealt. */
export function withEveryTopic(
  { joinGroup, syncGroup }: GroupCoordinator,
  { MemberMetadata, MemberAssignment }: AssignerProtocol,
): GroupCoordinator {
  /** By member id, between its join and the assignment that follows. */
  const topicsOf = new Map<string, readonly string[]>()
  return {
    async joinGroup(request) {
      const answer = await joinGroup.call(this, request)
      const joined = request.groupProtocols.find(({ name }) => name === answer.groupProtocol)
      if (joined?.name === BY_NUMBER)
        topicsOf.set(answer.memberId, MemberMetadata.decode(joined.metadata)?.topics ?? [])
      return answer
    },
    async syncGroup(request) {
      const topics = topicsOf.get(request.memberId)
      topicsOf.delete(request.memberId)
      const answer = await syncGroup.call(this, request)
      if (topics === undefined) return answer
      const dealt = MemberAssignment.decode(answer.memberAssignment)?.assignment ?? {}
      const numbers = [...new Set(Object.values(dealt).flat())]
      const assignment = Object.fromEntries(topics.map(topic => [topic, [...numbers]]))
      return { ...answer, memberAssignment: MemberAssignment.encode({ version: 1, assignment }) }
    },
  }
}
