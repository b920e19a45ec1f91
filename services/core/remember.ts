/** Longer texts are asked about each time, so that what is remembered stays small. */
const LENGTH_MAX = 100

/**
 * A pure function that remembers its latest answers, for look-ups that cost far more than finding a short text. When it
 * has `countMax` of them it begins afresh: what comes again and again is soon there again.
 */
export function remember<Answer>(ask: (text: string) => Answer, countMax: number): (text: string) => Answer {
  const known = new Map<string, { readonly answer: Answer }>()
  return function remembered(text) {
    if (text.length > LENGTH_MAX) return ask(text)
    const found = known.get(text)
    if (found !== undefined) return found.answer
    const answer = ask(text)
    if (known.size >= countMax) known.clear()
    known.set(text, { answer })
    return answer
  }
}
