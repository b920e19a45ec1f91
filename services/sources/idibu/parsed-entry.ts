import { remember } from '../../core/remember.ts'
import { linesOf, membersOf, named } from '../lenient.ts'

/** An entry that idibu parsed out of a CV. Its shape is documented nowhere: members are found under usual names. */
export interface ParsedEntry {
  /** The first of the names that has a value, which a dash is not; `name` meaning `Name` and `na_me` as well. */
  readonly first: (...names: readonly string[]) => string | null
  /** The same of what may be a list of lines. */
  readonly lines: (...names: readonly string[]) => string | null
}

export function parsedEntry(entry: unknown): ParsedEntry {
  const members = new Map(Object.entries(membersOf(entry)).map(([name, value]) => [bare(name), value]))
  return {
    first: (...names) =>
      names
        .map(name => named(members.get(name))?.label ?? null)
        .find(value => /[\p{L}\p{N}]/u.test(value ?? '')) ?? null,
    lines: (...names) => names.map(name => linesOf(members.get(name))).find(text => text !== null) ?? null,
  }
}

/** `startDate`, `start_date` and `Start date` are one name. */
const bare = remember(name => name.replace(/[^a-z]/gi, '').toLowerCase(), 1_000)
