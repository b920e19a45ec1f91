/** Jobylon sends files as signed links that die after 24 hours. */

import type { Attachment, AttachmentKind, FetchStatus } from '../../../schemas/types.ts'
import { DAY_MS } from '../../core/reading/dates.ts'
import { expiryOfSignedUrl, fileNameOfUrl, httpUrl } from '../../core/reading/url.ts'
import type { JobylonAnswer, JobylonCandidate } from './payload.ts'

const FILES: readonly (readonly [keyof NonNullable<JobylonCandidate['files']>, AttachmentKind])[] = [
  ['cv', 'RESUME'],
  ['cover_letter', 'COVER_LETTER'],
  ['other_1', 'OTHER'],
  ['other_2', 'OTHER'],
  ['other_3', 'OTHER'],
  ['other_4', 'OTHER'],
  ['other_5', 'OTHER'],
]

/** All files of the application: its documents, then those that answer a question. */
export const filesOf = (candidate: JobylonCandidate, receivedAtMs: number): Attachment[] => [
  ...candidateFiles(candidate, receivedAtMs),
  ...answerFiles(candidate, receivedAtMs),
]

const candidateFiles = ({ files }: JobylonCandidate, receivedAtMs: number): Attachment[] =>
  FILES.flatMap(([name, kind]) => {
    const link = files?.[name]
    return link ? [toAttachment({ id: null, kind, kindRaw: name, link }, receivedAtMs)] : []
  })

/** Files given as an answer carry the answer's id. */
const answerFiles = ({ answers }: JobylonCandidate, receivedAtMs: number): Attachment[] =>
  answers
    .filter(isFile)
    .flatMap(answer =>
      textsOf(answer).map(link =>
        toAttachment({ id: answer.id, kind: 'FORM_ANSWER', kindRaw: answer.answer_type, link }, receivedAtMs),
      ),
    )

/** By its type, or because it is a signed link: the page's list of types is lost, and a link is a secret under any. */
export const isFile = (answer: JobylonAnswer): boolean =>
  answer.answer_type === 'file' || textsOf(answer).some(text => expiryOfSignedUrl(text, 0) !== null)

/** What was answered, without what is empty; a list has several. */
export const textsOf = (answer: JobylonAnswer): string[] => answer.text.filter(text => text !== null)

interface SentFile {
  readonly id: string | null
  readonly kind: AttachmentKind
  readonly kindRaw: string | null
  readonly link: string
}

function toAttachment(file: SentFile, receivedAtMs: number): Attachment {
  const url = httpUrl(file.link)
  // A link that does not say when it dies still does, by the vendor's note on files.
  const expiresAtMs = url === null ? null : (expiryOfSignedUrl(url, receivedAtMs) ?? receivedAtMs + DAY_MS)
  return {
    external_id: file.id,
    kind: file.kind,
    kind_raw: file.kindRaw,
    file_name: url && fileNameOfUrl(url),
    content_type: null,
    size_bytes: null,
    sha256: null,
    blob_uri: null,
    source_url: url,
    source_url_expires_at: expiresAtMs,
    storage_ref: null,
    extracted_text_blob_uri: null,
    fetch_status: fetchStatus(expiresAtMs, receivedAtMs),
  }
}

/** A link in a delivery that was tried again for long may be dead on arrival. */
function fetchStatus(expiresAtMs: number | null, receivedAtMs: number): FetchStatus {
  if (expiresAtMs === null) return 'NOT_FETCHABLE'
  return expiresAtMs <= receivedAtMs ? 'EXPIRED' : 'NOT_ATTEMPTED'
}
