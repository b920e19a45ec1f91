/** Deals partition *numbers*: number p of every subscribed topic goes to one member, and a member keeps what it has. */
import type { Assigner, PartitionAssigner } from 'kafkajs'
import { AssignerProtocol } from '../kafkajs/kafkajs.ts'

const { MemberMetadata, MemberAssignment } = AssignerProtocol

/** Every member up to its share, the numbers it holds first. `claims`: member id to the numbers it says it holds. */
export function deal(
  claims: ReadonlyMap<string, readonly number[]>,
  count: number,
): ReadonlyMap<string, readonly number[]> {
  const members = [...claims].sort(
    ([a, held], [b, heldToo]) => heldToo.length - held.length || (a < b ? -1 : 1),
  )
  const free = new Set(Array.from({ length: count }, (_, number) => number))
  const shareOf = (index: number) =>
    Math.floor(count / members.length) + (index < count % members.length ? 1 : 0)

  const dealt = new Map<string, number[]>()
  for (const [index, [member, held]] of members.entries()) {
    const kept = held.filter(number => free.has(number)).slice(0, shareOf(index))
    for (const number of kept) free.delete(number)
    dealt.set(member, kept)
  }
  for (const [index, [member]] of members.entries()) {
    const numbers = dealt.get(member) ?? []
    for (const number of [...free].slice(0, Math.max(0, shareOf(index) - numbers.length))) {
      numbers.push(number)
      free.delete(number)
    }
  }
  return dealt
}

/** `held` names the numbers this member holds: they travel in its metadata, so that the leader leaves them where they are. */
export const createAssigner =
  (held: () => readonly number[]): PartitionAssigner =>
  ({ cluster }): Assigner => ({
    name: 'partition-number',
    version: 1,
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify(held()))
      return { name: 'partition-number', metadata: MemberMetadata.encode({ version: 1, topics, userData }) }
    },
    async assign({ members, topics }) {
      const counts = new Set(topics.map(topic => cluster.findTopicPartitionMetadata(topic).length))
      const [count] = counts
      if (counts.size !== 1 || count === undefined) {
        throw new Error(`topics of one group differ in partitions: ${topics.join(', ')}`)
      }
      const claims = new Map(
        members.map(({ memberId, memberMetadata }) => [memberId, claimOf(memberMetadata)]),
      )
      return [...deal(claims, count)].map(([memberId, numbers]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 1,
          assignment: Object.fromEntries(topics.map(topic => [topic, [...numbers]])),
          userData: Buffer.alloc(0),
        }),
      }))
    },
  })

function claimOf(memberMetadata: Buffer): readonly number[] {
  const text = MemberMetadata.decode(memberMetadata)?.userData.toString() ?? ''
  const claim: unknown = text === '' ? [] : JSON.parse(text)
  return Array.isArray(claim) ? [...new Set(claim.filter(Number.isInteger))] : []
}
