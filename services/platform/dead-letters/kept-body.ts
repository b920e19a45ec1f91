/** What a dead letter kept of what came in: in the record, or outside Kafka. */
import { HEADER } from '../../core/topics.ts'
import type { BlobStore } from '../blobs/store.ts'
import { headerText } from '../kafka/record-headers.ts'
import { decode } from '../process/content-encoding.ts'
import type { TopicRecord } from '../readers/topic-reader.ts'
import type { KeptBody } from './receive-again.ts'

const DECODED_BYTES_MAX = 32 * 1024 * 1024

/** Null when it is kept elsewhere and is not there any more, or when there is none. */
export async function keptBody(
  { headers, value }: Pick<TopicRecord, 'headers' | 'value'>,
  blobs: Pick<BlobStore, 'get'>,
): Promise<KeptBody | null> {
  const dataRef = headerText(headers, HEADER.dataRef)
  const body = dataRef === undefined ? value : await blobs.get(dataRef)
  return body && (await decoded(body, headerText(headers, HEADER.contentEncoding)))
}

/** A version before may not have known the encoding. No larger than what ingress lets in. */
async function decoded(bytes: Uint8Array, encoding: string | undefined): Promise<KeptBody> {
  if (encoding === undefined) return { bytes, encoding: null }
  const result = await decode(bytes, encoding, DECODED_BYTES_MAX)
  return result.type === 'decoded' ? { bytes: result.bytes, encoding: null } : { bytes, encoding }
}
