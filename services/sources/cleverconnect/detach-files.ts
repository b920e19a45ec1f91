/** Takes files out of an application's text: base64 of megabytes has no place in a Kafka record. */
import { decodeFileText } from '../../core/base64.ts'
import { elementTexts, memberText } from '../../core/json.ts'
import { orNull } from '../../core/reading/text.ts'
import type { InlineFile } from '../source.ts'
import { describeFile, type FileBytes } from './lift-files.ts'

export interface Detached {
  readonly text: string
  readonly files: readonly InlineFile[]
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Replaces every `attachments[].content` by a reference to its bytes. Whatever else than base64 stands there is
 * replaced too: nobody but us may write a reference. All other values keep the text they were received with; `body`
 * is what `text` parses to.
 * @param lifted files that `liftFiles` has replaced in the text already, in their order
 * @returns null when these are not exactly contents of attachments
 */
export function detachFiles(text: string, body: JsonObject, lifted: readonly FileBytes[]): Detached | null {
  if (!Array.isArray(body.attachments) || !body.attachments.some(hasContent))
    return lifted.length === 0 ? { text, files: [] } : null
  const attachments: readonly unknown[] = body.attachments
  const files: InlineFile[] = []
  const waiting = [...lifted]
  const elements = elementTexts(memberText(text, ['attachments']) ?? '').map((element, index) => {
    const attachment = attachments[index]
    if (!hasContent(attachment)) return element
    const read = takeFirst(waiting, element) ?? readFile(attachment.content)
    if (typeof read === 'string') return withMember(element, attachment, 'content', rejection(read))
    files.push({ ...read, fileName: orNull(attachment.fileName) })
    return withMember(element, attachment, 'content', read.placeholder)
  })
  if (waiting.length > 0) return null
  return { text: withMember(text, body, 'attachments', `[${elements.join(',')}]`), files }
}

/** The first file when the attachment's content is what was written in its place. */
function takeFirst(lifted: FileBytes[], attachment: string): FileBytes | undefined {
  const [first] = lifted
  return first && memberText(attachment, ['content']) === first.placeholder ? lifted.shift() : undefined
}

const hasContent = (attachment: unknown): attachment is JsonObject & { readonly content: unknown } =>
  typeof attachment === 'object' &&
  attachment !== null &&
  'content' in attachment &&
  attachment.content !== null

type Rejection = 'INVALID_BASE64' | 'EMPTY_FILE'

const rejection = (reason: Rejection): string => JSON.stringify({ $file: { rejected: reason } })

function readFile(content: unknown): FileBytes | Rejection {
  const bytes = typeof content === 'string' ? decodeFileText(content) : null
  if (bytes === null) return 'INVALID_BASE64'
  return bytes.length === 0 ? 'EMPTY_FILE' : describeFile(bytes)
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
