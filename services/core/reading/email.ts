/** E-mail addresses as people and systems write them. */
import { plainLine, withoutInvisible } from './text.ts'

/** RFC 5321, 4.5.3.1.1. How long an address may be as a whole is for whoever takes it. */
const LOCAL_LENGTH_MAX = 64

/** RFC 5322 `dot-atom`, and letters beyond ASCII as RFC 6531 allows them. */
const LOCAL = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const LABEL = /^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?$/u
const TOP_LEVEL = /^(?:xn--[a-z0-9-]+|[\p{L}\p{M}]{2,})$/iu

/** Whether a mail server on the internet may take it: a plain local part, and a domain with a dot in it. */
export function isEmail(address: string): boolean {
  if (!address.isWellFormed()) return false
  const [local = '', domain = '', ...more] = address.split('@')
  if (more.length > 0 || local.length > LOCAL_LENGTH_MAX || !LOCAL.test(local)) return false
  const labels = domain.split('.')
  return labels.length > 1 && labels.every(label => LABEL.test(label)) && TOP_LEVEL.test(labels.at(-1) ?? '')
}

/** Most addresses have nothing that could be in the way. */
const USUAL = /^[a-z0-9][a-z0-9._+-]*@[a-z0-9.-]+[a-z]$/i

/** The address in a text that holds more than it, or as it is written elsewhere; the text itself where that helps nothing. */
export function repairedEmail(given: string): string {
  if (USUAL.test(given) && isEmail(given)) return given
  if (given.length > TEXT_LENGTH_MAX) return given.trim()
  // Of an address in brackets nothing is a tag; of a link to one, all but the address is.
  const found = [given, plainLine(given) ?? ''].map(bare).find(isEmail)
  return found ?? given.trim()
}

/** A text with more than an address and a name is none; and looking for its end costs the square of its length. */
const TEXT_LENGTH_MAX = 1_000

const QUOTES = `"'“”„‘’‹›«»`
const BEFORE = new RegExp(
  `^[${QUOTES}([{<\\s]*(?:(?:(?:adresse )?e-?mail|mail|courriel|e-?post(?:adress)?|adresse|address)\\s*:\\s*|mailto:)*[${QUOTES}\\s]*`,
  'i',
)
/** A word in brackets, such as whose it is, and what sentences end in. */
const AFTER = new RegExp(`(?:[\\s${QUOTES})\\]}>.,;:!]|\\([^()@]*\\))+$`)

function bare(given: string): string {
  const text = withoutInvisible(given)
    .replace(/\uff20/g, '@')
    .replace(/[\u3002\uff0e\uff61]/g, '.')
    .trim()
  const bracketed = /<\s*([^<>\s]+@[^<>\s]+)\s*>/.exec(text)?.[1] ?? text
  return bracketed.replace(BEFORE, '').replace(/\?.*$/s, '').replace(AFTER, '')
}
