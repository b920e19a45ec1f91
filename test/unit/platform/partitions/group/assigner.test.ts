import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AssignerProtocol } from '../../../../../services/platform/kafkajs/kafkajs.ts'
import { createAssigner, deal } from '../../../../../services/platform/partitions/group/assigner.ts'

const { MemberAssignment, MemberMetadata } = AssignerProtocol

/** What members say that they hold: sometimes too much, sometimes the same as another, sometimes what is not there. */
const claims = fc
  .uniqueArray(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 9 })
  .chain(members =>
    fc.tuple(...members.map(member => fc.tuple(fc.constant(member), fc.uniqueArray(fc.nat({ max: 15 }))))),
  )
  .map(entries => new Map(entries))
const counts = fc.integer({ min: 1, max: 12 })

describe('deal', () => {
  it('gives every number to one member', () => {
    fc.assert(
      fc.property(claims, counts, (held, count) => {
        const dealt = [...deal(held, count).values()].flat()
        expect(dealt.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, p) => p))
      }),
    )
  })

  it('gives nobody two more than anybody else', () => {
    fc.assert(
      fc.property(claims, counts, (held, count) => {
        const sizes = [...deal(held, count).values()].map(numbers => numbers.length)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('leaves every member what it holds, up to its fair share, when nobody else claims it', () => {
    fc.assert(
      fc.property(claims, counts, (held, count) => {
        const first = deal(held, count)
        const again = deal(first, count)
        for (const [member, numbers] of first)
          expect(again.get(member)?.toSorted()).toEqual(numbers.toSorted())
      }),
    )
  })

  it('takes from those who have too much only, when a member joins', () => {
    const dealt = deal(
      new Map([
        ['old', [0, 1, 2, 3, 4, 5]],
        ['new', []],
      ]),
      6,
    )
    expect(dealt).toEqual(
      new Map([
        ['old', [0, 1, 2]],
        ['new', [3, 4, 5]],
      ]),
    )
  })
})

describe('the assigner', () => {
  const clusterWith = (partitions: Readonly<Record<string, number>>) => ({
    findTopicPartitionMetadata: (topic: string) => Array.from({ length: partitions[topic] ?? 0 }),
  })
  /** Members that hold these numbers, as kafkajs hands them to the leader. */
  const assign = async (
    held: Readonly<Record<string, readonly number[]>>,
    partitions: Record<string, number>,
  ) => {
    const topics = Object.keys(partitions)
    const make = (numbers: readonly number[]) =>
      // Cast: of the cluster, the assigner asks nothing else, and nothing of the rest.
      createAssigner(() => numbers)({ cluster: clusterWith(partitions) } as never)
    const members = Object.entries(held).map(([memberId, numbers]) => ({
      memberId,
      memberMetadata: make(numbers).protocol({ topics }).metadata,
    }))
    const assigned = await make([]).assign({ members, topics })
    return Object.fromEntries(
      assigned.map(({ memberId, memberAssignment }) => [
        memberId,
        MemberAssignment.decode(memberAssignment)?.assignment,
      ]),
    )
  }

  it('gives number p of every topic to the same member, and leaves it with who says to hold it', async () => {
    expect(await assign({ a: [2], b: [0, 1] }, { one: 3, two: 3 })).toEqual({
      a: { one: [2], two: [2] },
      b: { one: [0, 1], two: [0, 1] },
    })
  })

  it('gives a member of a newer version the topics that only it reads, and one of an older version no others', async () => {
    const leader = createAssigner(() => [])({ cluster: clusterWith({ one: 4, two: 4 }) } as never)
    const member = (memberId: string, topics: string[]) => ({
      memberId,
      memberMetadata: leader.protocol({ topics }).metadata,
    })
    const members = [member('a', ['one', 'two', 'three']), member('b', ['one'])]
    const assigned = await leader.assign({ members, topics: ['one', 'two'] })
    expect(
      assigned.map(({ memberAssignment }) => MemberAssignment.decode(memberAssignment)?.assignment),
    ).toEqual([{ one: [0, 1], two: [0, 1], three: [0, 1] }, { one: [2, 3] }])
  })

  it('assigns whatever a member says of itself', async () => {
    const leader = createAssigner(() => [])({ cluster: clusterWith({ one: 3 }) } as never)
    const { metadata: plain } = leader.protocol({ topics: ['one'] })
    const says = (text: string) =>
      MemberMetadata.encode({ version: 1, topics: ['one'], userData: Buffer.from(text) })
    const garbled = fc.oneof(
      fc.string().map(says),
      fc.json().map(says),
      fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes)),
      fc.nat({ max: plain.length }).map(length => plain.subarray(0, length)),
      // userData of -1 bytes: none.
      fc.constant(Buffer.concat([plain.subarray(0, -6), Buffer.from([255, 255, 255, 255])])),
    )
    await fc.assert(
      fc.asyncProperty(garbled, async memberMetadata => {
        const members = [
          { memberId: 'good', memberMetadata: plain },
          { memberId: 'odd', memberMetadata },
        ]
        const assigned = await leader.assign({ members, topics: ['one'] })
        const good = assigned.find(({ memberId }) => memberId === 'good')
        expect(
          MemberAssignment.decode(good?.memberAssignment ?? Buffer.alloc(0))?.assignment.one,
        ).toBeDefined()
        expect(assigned).toHaveLength(2)
      }),
    )
  })

  it('refuses topics that differ in partitions', async () => {
    await expect(assign({ a: [] }, { one: 3, two: 6 })).rejects.toThrow('differ in partitions: one, two')
  })
})
