/** Takes files out of an application's text: base64 of megabytes has no place in a Kafka record. */
import { decodeBase64, sniffType } from '../../core/base64.ts'
import { sha256Hex } from '../../core/identity.ts'
import { elementTexts, memberText } from '../../core/json.ts'
import { orNull } from '../../core/text.ts'
import type { InlineFile } from '../source.ts'

export interface Detached {
  readonly text: string
  readonly files: readonly InlineFile[]
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Replaces every `attachments[].content` by a reference to its bytes. Whatever else than base64 stands there is
 * replaced too: nobody but us may write a reference. All other values keep the text they were received with; `body`
 * is what `text` parses to.
 */
export function detachFiles(text: string, body: JsonObject): Detached {
  if (!Array.isArray(body.attachments) || !body.attachments.some(hasContent)) return { text, files: [] }
  const attachments: readonly unknown[] = body.attachments
  const files: InlineFile[] = []
  const elements = elementTexts(memberText(text, ['attachments']) ?? '').map((element, index) => {
    const attachment = attachments[index]
    if (!hasContent(attachment)) return element
    const read = readFile(attachment)
    if (typeof read === 'string') return withMember(element, attachment, 'content', rejection(read))
    files.push(read)
    return withMember(element, attachment, 'content', read.placeholder)
  })
  return { text: withMember(text, body, 'attachments', `[${elements.join(',')}]`), files }
}

const hasContent = (attachment: unknown): attachment is JsonObject & { readonly content: unknown } =>
  typeof attachment === 'object' &&
  attachment !== null &&
  'content' in attachment &&
  attachment.content !== null

type Rejection = 'INVALID_BASE64' | 'EMPTY_FILE'

const rejection = (reason: Rejection): string => JSON.stringify({ $file: { rejected: reason } })

function readFile(attachment: JsonObject): InlineFile | Rejection {
  const bytes = typeof attachment.content === 'string' ? decodeBase64(attachment.content) : null
  if (bytes === null) return 'INVALID_BASE64'
  if (bytes.length === 0) return 'EMPTY_FILE'
  const sha256 = sha256Hex(bytes)
  const contentType = sniffType(bytes) ?? 'application/octet-stream'
  return {
    bytes,
    contentType,
    fileName: orNull(attachment.fileName),
    sha256,
    sizeBytes: bytes.length,
    placeholder: JSON.stringify({ $file: { sha256, size_bytes: bytes.length, content_type: contentType } }),
  }
}

/** Finding a member reads the whole object, so an object of very many members is written anew instead. */
const MEMBERS_KEPT_MAX = 64

/** The object's text with another value for one member; of a repeated member only the last value, which counts, stays. */
function withMember(text: string, object: JsonObject, name: string, value: string): string {
  const names = Object.keys(object)
  const textOf = (member: string): string =>
    (names.length <= MEMBERS_KEPT_MAX && memberText(text, [member])) || JSON.stringify(object[member])
  const members = names.map(member => `${JSON.stringify(member)}:${member === name ? value : textOf(member)}`)
  return `{${members.join(',')}}`
}
