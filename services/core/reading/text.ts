/** Reading free text of other systems: HTML or plain, padded, empty. */
import { compile, type DomNode, type FormatCallback } from 'html-to-text'

/** Nesting beyond which HTML is an attack or an accident: a stack has an end, and prose does not need one. */
const DEPTH_MAX = 200

const BLOCKS = [
  'div',
  'dl',
  'dd',
  'dt',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'li',
  'ol',
  'p',
  'pre',
  'table',
  'ul',
]

/** Between cells of one row. */
const CELL_GAP = ' | '

/** Cells stay apart: on one line where they hold words, on lines of their own where they hold blocks. */
const cell: FormatCallback = (element, walk, builder) => {
  const cells = (element.parent?.children ?? []).filter(isCell)
  if (cells.some(hasBlock)) {
    builder.openBlock({ leadingLineBreaks: 1 })
    walk(element.children, builder)
    builder.closeBlock({ trailingLineBreaks: 1 })
    return
  }
  if (cells[0] !== element) builder.addInline(CELL_GAP, {})
  walk(element.children, builder)
}

const isCell = (node: DomNode): boolean => node.name === 'td' || node.name === 'th'

const hasBlock = (node: DomNode): boolean =>
  (node.children ?? []).some(
    child =>
      child.name === 'br' || BLOCKS.includes(child.name ?? '') || (child.type === 'tag' && hasBlock(child)),
  )

const convert = compile({
  wordwrap: false,
  limits: { maxDepth: DEPTH_MAX, maxInputLength: 1 << 24, ellipsis: '' },
  formatters: { cell },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
    { selector: 'tr', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
    { selector: 'td', format: 'cell' },
    { selector: 'th', format: 'cell' },
    ...['dl', 'dt', 'dd', 'caption'].map(selector => ({
      selector,
      format: 'block',
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(selector => ({ selector, options: { uppercase: false } })),
  ],
})

/** The converter's time grows with the square of the nesting; so many tags take it 40 ms, and no page of prose has them. */
const TAGS_MAX = 10_000

/**
 * What a reader of the page would see: entities decoded, blocks on lines of their own, links as their text. Of a text
 * with more tags than any page has, what stands between them.
 */
export const htmlToText = (html: string): string =>
  convert(hasTooManyTags(html) ? html.replace(/<[^<>]*>/g, ' ') : withPlainBrackets(html)).trim()

/** What looks like a tag and is none that HTML has, such as an address in brackets, is text to a reader. */
const withPlainBrackets = (html: string): string => html.replace(NO_TAG, '&lt;')

function hasTooManyTags(html: string): boolean {
  let tags = 0
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1))
    if (++tags > TAGS_MAX) return true
  return false
}

const NAMES =
  'a|abbr|article|aside|b|big|blockquote|body|br|button|caption|center|cite|code|col|colgroup|dd|del|details|div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|label|li|link|main|mark|meta|nav|ol|option|p|picture|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr|tt|u|ul|var|video|wbr'
const ELEMENT = new RegExp(`</?(?:${NAMES})(?=[\\s/>])[^<>]*>`, 'i')
/** Not one of these, no comment, and not of the office programs' own (`o:p`). */
const NO_TAG = new RegExp(`<(?!/?(?:${NAMES})(?=[\\s/>])|[!?]|/?[a-z]+:[a-z])`, 'gi')
const CHARACTER_REFERENCE = /&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,10}\d{0,2});/i

/**
 * Whether the text is HTML rather than prose. Only elements that HTML has count, so that `a < b`, `<name>` and
 * `<jane@example.com>` stay prose and are not deleted as tags.
 */
export const hasMarkup = (text: string): boolean => ELEMENT.test(text) || CHARACTER_REFERENCE.test(text)

/** One line: every run of white space becomes one space. */
export const collapse = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Trimmed text; null for what is empty or no text. */
export function orNull(text: unknown): string | null {
  if (typeof text !== 'string') return null
  return text.trim() || null
}

export interface Prose {
  readonly text: string | null
  /** As sent; null when it had no markup. */
  readonly html: string | null
}

/**
 * A text block that may be HTML, as plain text beside what was sent. Text that was escaped twice is decoded until it is
 * text; nobody decodes it again after that, since what is left are words that the text is about.
 */
export function prose(block: unknown): Prose {
  const sent = orNull(typeof block === 'string' ? block.replace(CONTROLS, '') : null)
  if (sent === null || !hasMarkup(sent)) return { text: sent, html: null }
  const html = unescaped(sent)
  return { text: orNull(decoded(htmlToText(keepsLines(html) ? withBreaks(html) : html))), html: sent }
}

/** No text has them but by accident, and databases refuse some. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g

/** One line of text, such as a name or a title, as a reader would see it; null when there is nothing to see. */
export function plainLine(text: string | null): string | null {
  if (text === null) return null
  return orNull(collapse(withoutInvisible(prose(text).text ?? '')))
}

/**
 * Characters that take no place: marks of direction, soft hyphens, spaces of no width. The joiners stay between letters,
 * where some scripts need them.
 */
export const withoutInvisible = (text: string): string =>
  text
    .replace(
      /\u034f|\u17b4|\u17b5|[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0]/g,
      '',
    )
    .replace(/(?<!\p{L}|\p{M}|\p{Emoji})[\u200c\u200d]+|[\u200c\u200d]+(?!\p{L}|\p{M}|\p{Emoji})/gu, '')

const ROUNDS_MAX = 3

/** A whole document that was escaped before it was put into a field: it has no tag as sent, and its tags are closed. */
function unescaped(sent: string): string {
  let html = sent
  for (let round = 0; round < ROUNDS_MAX && !ELEMENT.test(html) && ESCAPED_ELEMENT.test(html); round++)
    html = decodedOnce(html)
  return ELEMENT.test(html) && (html === sent || /<\/\w+\s*>|<br\b/i.test(html)) ? html : sent
}
const ESCAPED_ELEMENT = /&(?:amp;)*lt;/i

function decoded(text: string): string {
  let plain = text
  for (let round = 0; round < ROUNDS_MAX && CHARACTER_REFERENCE.test(plain); round++) {
    const next = decodedOnce(plain)
    if (next === plain) break
    plain = next
  }
  return plain
}

/** Character references as what they stand for; everything else as it is. */
const decodedOnce = (text: string): string => keepAll(`<pre>${text.replace(/</g, '&lt;')}</pre>`)

const keepAll = compile({ wordwrap: false, limits: { maxInputLength: 1 << 24 } })

const CONTAINER = /<(?:p|div|ul|ol|li|table|tr|section|article|dl|h[1-6])(?=[\s/>])/gi

/** Whether it is plain text with a tag or an entity in it: without blocks, or almost, and with lines of its own. */
function keepsLines(html: string): boolean {
  if (!html.includes('\n')) return false
  const containers = html.match(CONTAINER)?.length ?? 0
  return containers === 0 || (containers <= 2 && /[^\s>][^\S\n]*\n[^\S\n]*(?:\n|[-*•–·])/.test(html))
}

/** Its line ends as breaks; one that stands beside a break is the same. */
const withBreaks = (html: string): string =>
  html.replace(/[^\S\n]*<br\s*\/?>[^\S\n]*\r?\n?/gi, '\n').replace(/\r?\n/g, '<br>')
