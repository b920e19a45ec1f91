/** What the database keeps no copy of, read from its topic again when somebody asks. */
import { isAvroTopic } from '../../schemas/subjects.ts'
import { DEAD_LETTER_HEADER, HEADER, PULSIFI_RAW, PULSIFI_RESULT } from '../core/topics.ts'
import { type Codec, UndecodableError } from '../platform/avro/codec.ts'
import { maskedRecord } from '../platform/avro/masking.ts'
import type { BlobStore } from '../platform/blobs/store.ts'
import { keptBody } from '../platform/dead-letters/kept-body.ts'
import type { KafkaClient } from '../platform/kafka/client.ts'
import { headerText } from '../platform/kafka/record-headers.ts'
import { recordAt } from '../platform/readers/record-at.ts'
import type { TopicRecord } from '../platform/readers/topic-reader.ts'
import type { ApiContext, KeptLetter, Place, ReportLinks } from './figures/endpoint.ts'

const READER = 'console'
const READ_WITHIN_MS = 15_000

/** Null when its topic no longer has it. @throws when it cannot be read in time */
async function readAgain(kafka: KafkaClient, place: Place): Promise<TopicRecord | null> {
  const signal = AbortSignal.timeout(READ_WITHIN_MS)
  const record = await recordAt(kafka, place, { reader: READER, signal })
  if (record === null) signal.throwIfAborted()
  return record
}

export const createReportReader =
  (kafka: KafkaClient, codec: Pick<Codec, 'prepare' | 'decode'>): ApiContext['reportAt'] =>
  async place => {
    const record = await readAgain(kafka, place)
    if (record?.value == null) return null
    await codec.prepare([record.value])
    try {
      return linksOf(codec.decode(PULSIFI_RESULT, record.value))
    } catch (error) {
      if (error instanceof UndecodableError) return null
      throw error
    }
  }

const CALLBACK = '/hooks/pulsifi/'

export const createLetterReader =
  (
    kafka: KafkaClient,
    codec: Pick<Codec, 'prepare' | 'decode'>,
    blobs: Pick<BlobStore, 'get'>,
  ): ApiContext['letterAt'] =>
  async place => {
    const record = await readAgain(kafka, place)
    if (record === null) return null
    const header = (name: string) => headerText(record.headers, name) ?? ''
    const origin = header(HEADER.source).startsWith(CALLBACK) ? PULSIFI_RAW : header(DEAD_LETTER_HEADER.topic)
    return {
      headers: Object.fromEntries(Object.keys(record.headers).map(name => [name, header(name)])),
      body: (await keptBody(record, blobs))?.bytes ?? null,
      record: await maskable(codec, origin, record.value),
      origin,
    }
  }

/** Null for what is no record of a schema of ours. */
async function maskable(
  codec: Pick<Codec, 'prepare' | 'decode'>,
  topic: string,
  value: Buffer | null,
): Promise<KeptLetter['record']> {
  if (value === null || !isAvroTopic(topic)) return null
  try {
    await codec.prepare([value])
    const decoded = codec.decode(topic, value)
    return isShown => maskedRecord(topic, decoded, new Set(isShown ? ['personal'] : []))
  } catch (error) {
    if (error instanceof UndecodableError) return null
    throw error
  }
}

interface Links {
  readonly report_profile_link: string | null
  readonly report_pdf_link: string | null
  readonly report_pdf_link_expires_at: number | null
}

const linksOf = (result: Links): ReportLinks => ({
  page: webAddress(result.report_profile_link),
  pdf: webAddress(result.report_pdf_link),
  pdf_expires_at:
    result.report_pdf_link_expires_at === null
      ? null
      : new Date(result.report_pdf_link_expires_at).toISOString(),
})

/** It becomes a link on a page: anything but an address of the web would run there. */
export const webAddress = (text: string | null): string | null =>
  text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) ? text : null
