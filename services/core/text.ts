/** Reading free text of other systems: HTML or plain, padded, empty. */
import { compile } from 'html-to-text'

/** Nesting beyond which HTML is an attack or an accident: a stack has an end, and prose does not need one. */
const DEPTH_MAX = 200

const convert = compile({
  wordwrap: false,
  limits: { maxDepth: DEPTH_MAX, maxInputLength: 1 << 24, ellipsis: '' },
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'ul', options: { itemPrefix: '- ' } },
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
  convert(hasTooManyTags(html) ? html.replace(/<[^<>]*>/g, ' ') : html).trim()

function hasTooManyTags(html: string): boolean {
  let tags = 0
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at + 1))
    if (++tags > TAGS_MAX) return true
  return false
}

const ELEMENT =
  /<\/?(?:a|abbr|article|aside|b|big|blockquote|body|br|caption|center|cite|code|col|colgroup|dd|del|div|dl|dt|em|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|label|li|link|main|mark|meta|nav|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|time|title|tr|tt|u|ul|video)(?=[\s/>])[^<>]*>/i
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

/** A text block that may be HTML, as plain text beside what was sent. */
export function prose(block: unknown): Prose {
  const sent = orNull(block)
  if (sent === null || !hasMarkup(sent)) return { text: sent, html: null }
  return { text: orNull(htmlToText(sent)), html: sent }
}
