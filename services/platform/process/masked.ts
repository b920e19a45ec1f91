/** What may be shown of what was configured, or of an error that quotes it. */

/** User and password in URLs, wherever in the text, the password's own `@` and `/` included. */
const USER_INFO = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s"'<>,]*@/gi

export const withoutUserInfo = (text: string): string =>
  text.includes('@') ? text.replace(USER_INFO, '$1***@') : text

/** Where a fault is. The message is left out: parsers quote what they read, clients what they ask. */
export const framesOf = (error: unknown): readonly string[] =>
  error instanceof Error ? (error.stack ?? '').split('\n').filter(line => /^\s+at /.test(line)) : []
