/**
 * Deals partition *numbers*: number p of every topic that a member reads goes to it, and a member keeps what it has. Which
 * topics those are is the member's to say: while versions change, the leader may know fewer.
 */
import type { Assigner, PartitionAssigner } from 'kafkajs'
import { BY_NUMBER } from '../../kafkajs/assignments.ts'
import { AssignerProtocol } from '../../kafkajs/kafkajs.ts'

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
    name: BY_NUMBER,
    version: 1,
    protocol({ topics }) {
      const userData = Buffer.from(JSON.stringify(held()))
      return { name: BY_NUMBER, metadata: MemberMetadata.encode({ version: 1, topics, userData }) }
    },
    async assign({ members, topics }) {
      const counts = new Set(topics.map(topic => cluster.findTopicPartitionMetadata(topic).length))
      const [count] = counts
      if (counts.size !== 1 || count === undefined) {
        throw new Error(`topics of one group differ in partitions: ${topics.join(', ')}`)
      }
      const wishes = new Map(
        members.map(({ memberId, memberMetadata }) => [memberId, wishOf(memberMetadata)]),
      )
      const claims = new Map([...wishes].map(([memberId, { held }]) => [memberId, held]))
      return [...deal(claims, count)].map(([memberId, numbers]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 1,
          assignment: Object.fromEntries(
            (wishes.get(memberId)?.topics ?? topics).map(topic => [topic, [...numbers]]),
          ),
          userData: Buffer.alloc(0),
        }),
      }))
    },
  })

/** As kafkajs decodes it; its types lack the null. */
interface Metadata {
  readonly topics: readonly string[]
  readonly userData: Buffer | null
}

interface Wish {
  /** Null when the member does not say it in a way that we can read. */
  readonly topics: readonly string[] | null
  readonly held: readonly number[]
}

/** Whoever joins says what it likes. What cannot be read of it must not keep the whole group from its assignment. */
function wishOf(memberMetadata: Buffer): Wish {
  try {
    const { topics, userData } = MemberMetadata.decode(memberMetadata) as Metadata
    return { topics, held: heldOf(userData) }
  } catch {
    return { topics: null, held: [] }
  }
}

function heldOf(userData: Buffer | null): readonly number[] {
  const claim = jsonOf(userData?.toString() ?? '')
  return Array.isArray(claim) ? [...new Set(claim.filter(Number.isInteger))] : []
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
