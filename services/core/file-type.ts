/** What a file is, by its bytes: whatever its name and its sender say. */

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const ZIP = 'application/zip'
const OLE = 'application/x-ole-storage'
const HTML = 'text/html'
const TEXT = 'text/plain'
const PROGRAM = 'application/x-executable'

/** How the name of a file ends that is of this type. No name of a document stands for a program. */
const EXTENSIONS = new Map<string, readonly string[]>([
  ['application/pdf', ['pdf']],
  ['application/msword', ['doc', 'dot']],
  [DOCX, ['docx']],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', ['xlsx']],
  ['application/vnd.openxmlformats-officedocument.presentationml.presentation', ['pptx']],
  ['application/vnd.oasis.opendocument.text', ['odt']],
  [ZIP, ['zip', 'pages']],
  [OLE, ['xls', 'ppt', 'msg']],
  ['application/rtf', ['rtf']],
  ['image/png', ['png']],
  ['image/jpeg', ['jpg', 'jpeg', 'jfif']],
  ['image/gif', ['gif']],
  [HTML, ['html', 'htm']],
  [TEXT, ['txt', 'text', 'csv', 'md']],
  [PROGRAM, []],
])
const TYPE_OF_EXTENSION = new Map(
  [...EXTENSIONS].flatMap(([type, extensions]) => extensions.map(extension => [extension, type] as const)),
)

/** First bytes, as latin-1. */
const MAGIC: readonly (readonly [type: string, start: string])[] = [
  ['application/pdf', '%PDF-'],
  ['application/rtf', '{\\rtf'],
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  [OLE, '\xd0\xcf\x11\xe0'],
  [ZIP, 'PK\x03\x04'],
  // Of Linux, and of macOS by the order of its bytes and for several machines at once.
  ...[
    '\x7fELF',
    '\xfe\xed\xfa\xce',
    '\xfe\xed\xfa\xcf',
    '\xce\xfa\xed\xfe',
    '\xcf\xfa\xed\xfe',
    '\xca\xfe\xba\xbe',
  ].map(start => [PROGRAM, start] as const),
]
const WINDOWS_PROGRAM = 'MZ'

/** Formats that are kept in another: a text that only a file of them holds. Names of entries stand in the clear. */
const INSIDE: ReadonlyMap<string, readonly (readonly [type: string, text: Buffer])[]> = new Map([
  [
    ZIP,
    [
      [
        'application/vnd.oasis.opendocument.text',
        Buffer.from('mimetypeapplication/vnd.oasis.opendocument.text'),
      ],
      [DOCX, Buffer.from('word/document')],
      ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', Buffer.from('xl/workbook')],
      [
        'application/vnd.openxmlformats-officedocument.presentationml.presentation',
        Buffer.from('ppt/presentation'),
      ],
    ],
  ],
  [OLE, [['application/msword', Buffer.from('WordDocument', 'utf16le')]]],
])

/** Of which it is told what the file is. Readers of PDF look as far for its beginning. */
const HEAD_BYTES = 1024
const PAGE = /^(?:\xef\xbb\xbf)?\s*<(?:!--|(?:!doctype html|html|head|body|script|iframe|style|title)[\s>])/i
const OF_UTF_16 = /^(?:\xfe\xff|\xff\xfe)/
/** What stands in no text (WHATWG, MIME sniffing). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const BINARY = /[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]/

/** The MIME type that the bytes show; null when they show none that is known here. */
export function typeOfBytes(bytes: Uint8Array): string | null {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const head = content.toString('latin1', 0, HEAD_BYTES)
  const magic = MAGIC.find(([, start]) => head.startsWith(start))?.[0]
  if (magic !== undefined) return INSIDE.get(magic)?.find(([, text]) => content.includes(text))?.[0] ?? magic
  if (PAGE.test(head)) return HTML
  const isText = head !== '' && (OF_UTF_16.test(head) || !BINARY.test(head))
  if (head.startsWith(WINDOWS_PROGRAM) && !isText) return PROGRAM
  if (head.includes('%PDF-')) return 'application/pdf'
  return isText ? TEXT : null
}

/** What is said of a file, and by whom. */
export interface FileClaims {
  /** MIME type that the bytes show; null when they show none. */
  readonly shown: string | null
  /** MIME type by the sender, in lower case. */
  readonly declared: string | null
  readonly name: string | null
}

export interface JudgedFile {
  /** What to open it as. */
  readonly contentType: string | null
  readonly warnings: readonly string[]
}

/** The bytes decide what a file is; where its name or its sender says otherwise, or nothing shows, the record says so. */
export function judgeFile({ shown, declared, name }: FileClaims): JudgedFile {
  const claims = [declaredClaim(declared), nameClaim(name)].filter(claim => claim !== null)
  const verdicts = claims.map(claim => verdictOf(claim, shown))
  if (verdicts.includes('contradicted'))
    return { contentType: shown ?? ANY, warnings: ['CONTENT_TYPE_MISMATCH'] }
  const isUnverified = verdicts.includes('unverified') || shown === null
  return { contentType: shown ?? declared, warnings: isUnverified ? ['CONTENT_TYPE_UNVERIFIED'] : [] }
}

/** Says of a file that it is bytes. */
const ANY = 'application/octet-stream'
/** Says that something is claimed which nothing is known of. */
const UNKNOWN = 'unknown'
const SAY_NOTHING: ReadonlySet<string> = new Set([ANY, 'binary/octet-stream'])
const ALIASES = new Map([
  ['application/x-pdf', 'application/pdf'],
  ['image/jpg', 'image/jpeg'],
  ['text/rtf', 'application/rtf'],
])

function declaredClaim(declared: string | null): string | null {
  if (declared === null || SAY_NOTHING.has(declared)) return null
  const type = ALIASES.get(declared) ?? declared
  return EXTENSIONS.has(type) ? type : UNKNOWN
}

/** By the end of the name, as whoever opens it reads it: some leave out dots and spaces behind it. */
function nameClaim(name: string | null): string | null {
  const extension = /\.([^.\s/\\]+)$/.exec(name?.replace(/[.\s]+$/, '') ?? '')?.[1]
  return extension === undefined ? null : (TYPE_OF_EXTENSION.get(extension.toLowerCase()) ?? UNKNOWN)
}

/** Much is text that is called otherwise. Whatever else shows itself has a name of its own. */
function verdictOf(claim: string, shown: string | null): 'shown' | 'unverified' | 'contradicted' {
  if (claim === shown) return 'shown'
  return claim === UNKNOWN && (shown === null || shown === TEXT) ? 'unverified' : 'contradicted'
}
