/** Words that turn what follows into its opposite, in the languages of adverts and statuses. */

const NEGATION =
  /(?:^|[^\p{L}])(?:not|no|no longer|non|never|without|\p{L}+n['’]t|ej|inte|inga|ingen|icke|utan|pas|pas de|pas d|plus de|sans|jamais|kein|keine|nicht|ohne|niet|geen|zonder|ikke)(?:[\s-]+(?:yet|any|more|encore|än|currently|actually|open to|available for))?[\s'’-]*$/iu

/** @param before what stands before the word */
export const isNegated = (before: string): boolean => NEGATION.test(before)

/** Whether the pattern, which must be global, is found without a negation before it. */
export function isSaid(text: string, pattern: RegExp): boolean {
  for (const match of text.matchAll(pattern)) if (!isNegated(text.slice(0, match.index))) return true
  return false
}

/** Whether it is found, and only with a negation before it. */
export function isDenied(text: string, pattern: RegExp): boolean {
  const found = [...text.matchAll(pattern)]
  return found.length > 0 && !isSaid(text, pattern)
}
