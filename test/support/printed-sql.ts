/** SQL that is printed for a reader to run, wherever that is. */
import { FILES, textOf } from './tidy-files.ts'

export interface PrintedSql {
  /** The file, and which one of it. */
  readonly place: string
  readonly sql: string
}

/** What is past, and what speaks of code. */
const NOT_TO_RUN: ReadonlySet<string> = new Set(['CHANGELOG.md', 'services/DECISIONS.md'])
const pages = FILES.filter(path => path.endsWith('.md') && !NOT_TO_RUN.has(path))

const printed = (...patterns: readonly RegExp[]): readonly PrintedSql[] =>
  pages.flatMap(path => {
    const found = patterns.flatMap(pattern => [...textOf(path).matchAll(pattern)].map(([, sql = '']) => sql))
    return found.map((sql, at) => ({ place: `${path}, ${at + 1}`, sql }))
  })

/** Questions: blocks of SQL, and what psql and `ops sql` are given. Those with "…" only show where one stands. */
export const QUESTIONS: readonly PrintedSql[] = printed(
  /^```sql\n(.*?)^```$/gms,
  /\bpsql [^\n]* -c '([^']+)'/g,
  /\bops -- sql "([^"]+)"/g,
).filter(({ sql }) => sql !== '…')

/** What somebody gives in the warehouse who looks after it, with "…" for what only they know. */
export const COMMANDS: readonly PrintedSql[] = printed(/`((?:DELETE FROM|VACUUM|GRANT) [^`]+)`/g)
