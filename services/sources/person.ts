/** Names and address of a person, read alike for every source. */
import { isEmail, repairedEmail } from '../core/reading/email.ts'
import { plainLine } from '../core/reading/text.ts'

interface Person {
  readonly first_name: string | null
  readonly last_name: string | null
  readonly email: string | null
}

/** @returns what is to be changed, and the codes of what was odd */
export function readPerson({ first_name, last_name, email }: Person): {
  readonly person: Person
  readonly warnings: readonly string[]
} {
  const warnings: string[] = []
  const address = email === null ? null : repairedEmail(email)
  if (address !== null && !isEmail(address)) warnings.push('EMAIL_INVALID')
  else if (address !== email) warnings.push('EMAIL_REPAIRED')
  const names = { first_name: nameOf(first_name), last_name: nameOf(last_name) }
  if (names.first_name !== first_name || names.last_name !== last_name) warnings.push('NAME_REPAIRED')
  return { person: { ...names, email: address }, warnings }
}

/** Most names are letters and what joins them, and stay as they are. */
const USUAL = /^(?:\p{L}\p{M}*)+(?:[ '’.-]{1,2}(?:\p{L}\p{M}*)+)*\.?$/u

/** Without entities, tags and what nobody sees; null for what has no letter, since that is no name. */
function nameOf(given: string | null): string | null {
  if (given === null || USUAL.test(given)) return given
  const name = plainLine(given)
  return name !== null && /\p{L}/u.test(name) ? name : null
}
