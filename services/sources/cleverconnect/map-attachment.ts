import type { AttachmentKind, Attachment as CanonicalAttachment } from '../../../schemas/types.ts'
import { blobUri } from '../../core/blob.ts'
import { judgeFile } from '../../core/file-type.ts'
import type { Attachment } from './payload.ts'

const KINDS: ReadonlyMap<string, AttachmentKind> = new Map([
  ['resume', 'RESUME'],
  ['letter', 'COVER_LETTER'],
])

/** "Accepted types: pdf, doc, docx" beside a MIME type in the example: both are read. */
const TYPES = new Map([
  ['pdf', 'application/pdf'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
])

export interface ReadAttachment {
  readonly attachment: CanonicalAttachment
  readonly warnings: readonly string[]
}

/** A file of the application kept for `owner`, the candidate's key. Without usable bytes the attachment stays, saying why. */
export function toAttachment(sent: Attachment, tenant: string, owner: string): ReadAttachment {
  const kindRaw = sent.type
  const declared = declaredType(sent.contentType)
  const file = sent.content?.$file
  const attachment: CanonicalAttachment = {
    external_id: null,
    kind: kindRaw ? (KINDS.get(kindRaw.toLowerCase()) ?? 'OTHER') : 'UNKNOWN',
    kind_raw: kindRaw,
    file_name: sent.fileName,
    content_type: declared,
    size_bytes: null,
    sha256: null,
    blob_uri: null,
    source_url: null,
    source_url_expires_at: null,
    storage_ref: null,
    extracted_text_blob_uri: null,
    fetch_status: 'NOT_FETCHABLE',
  }
  if (!file) return { attachment, warnings: ['CONTENT_MISSING'] }
  if ('rejected' in file)
    return { attachment: { ...attachment, fetch_status: 'REJECTED' }, warnings: [file.rejected] }
  const shown = file.content_type === 'application/octet-stream' ? null : file.content_type
  const { contentType, warnings } = judgeFile({ shown, declared, name: sent.fileName })
  return {
    attachment: {
      ...attachment,
      content_type: contentType,
      size_bytes: file.size_bytes,
      sha256: file.sha256,
      blob_uri: blobUri(tenant, owner, file.sha256),
      fetch_status: 'STORED',
    },
    warnings,
  }
}

const declaredType = (contentType: string | null): string | null => {
  const [type = ''] = contentType?.toLowerCase().split(/\s*;/) ?? []
  return TYPES.get(type.replace(/^\./, '')) ?? (type.includes('/') ? type : null)
}
