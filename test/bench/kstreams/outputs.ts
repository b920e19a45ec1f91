/** What both sides have published, read from Kafka and compared. */
import { CANONICAL_CANDIDATE, deadLetterTopic } from '../../../services/core/topics.ts'
import type { KafkaClient } from '../../../services/platform/kafka/client.ts'
import { readTopics } from '../../../services/platform/readers/topic-reader.ts'
import { firstDifference } from './difference.ts'
import { type Digest, DigestOfRecords, type Published } from './digest.ts'

/** Topics that one side writes. */
export interface Outputs {
  readonly canonical: string
  readonly deadLetter: string
}

export const OURS: Outputs = { canonical: CANONICAL_CANDIDATE, deadLetter: deadLetterTopic('normalizer') }
/** Beside ours, so that both are there when they have to be compared. */
export const THEIRS: Outputs = {
  canonical: `kstreams.${OURS.canonical}`,
  deadLetter: `kstreams.${OURS.deadLetter}`,
}

export const KINDS = ['canonical', 'deadLetter'] as const
export type Digests = Readonly<Record<(typeof KINDS)[number], Digest>>

export async function digestsOf(kafka: KafkaClient, outputs: Outputs): Promise<Digests> {
  const [canonical, deadLetter] = [new DigestOfRecords(), new DigestOfRecords()]
  for await (const { topic, keyBytes: key, value, headers } of readTopics(
    kafka,
    { topics: [outputs.canonical, outputs.deadLetter], from: 'beginning' },
    { reader: 'bench' },
  ))
    (topic === outputs.canonical ? canonical : deadLetter).add({ key, value, headers })
  return { canonical: canonical.result(), deadLetter: deadLetter.result() }
}

export const areEqual = (one: Digests, other: Digests): boolean =>
  KINDS.every(kind => one[kind].digest === other[kind].digest && one[kind].records === other[kind].records)

/** Where the two sides part first. @param decode a canonical record */
export async function differenceBetween(
  kafka: KafkaClient,
  partitions: number,
  decode: (value: Buffer) => unknown,
): Promise<string> {
  const asText = (value: Buffer) => ({ body: String(value) })
  for (const kind of KINDS)
    for (let partition = 0; partition < partitions; partition++) {
      const [ours, theirs] = [
        await publishedIn(kafka, OURS[kind], partition),
        await publishedIn(kafka, THEIRS[kind], partition),
      ]
      const found = firstDifference(ours, theirs, kind === 'canonical' ? decode : asText)
      if (found !== null) return `${OURS[kind]}, partition ${partition}, ${found}`
    }
  return 'the same records, in other partitions'
}

async function publishedIn(
  kafka: KafkaClient,
  topic: string,
  partition: number,
): Promise<readonly Published[]> {
  const selection = { topics: [topic], partitions: [partition], from: 'beginning' } as const
  const records: Published[] = []
  for await (const { keyBytes: key, value, headers } of readTopics(kafka, selection, { reader: 'bench' }))
    records.push({ key, value, headers })
  return records
}
