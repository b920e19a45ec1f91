/**
 * Text that a spreadsheet would run as a formula when it opens a CSV (CWE-1236): a quotation mark before it makes it text.
 * Numbers stay numbers, a sign included.
 */
const RUNS = /^[=@\t\r\n]|^[+-](?!\d*\.?\d+(?:[eE][+-]?\d+)?$)/

export const harmlessCell = (text: string): string => (RUNS.test(text) ? `'${text}` : text)

/** The same for a column of text, in SQL. DuckDB's expressions look neither ahead nor back. */
export const harmlessColumn = (column: string): string =>
  `CASE WHEN regexp_matches(${column}, '^[=@\\t\\r\\n+-]') AND NOT regexp_full_match(${column}, '[+-][0-9]*[.]?[0-9]+([eE][+-]?[0-9]+)?')
     THEN '''' || ${column} ELSE ${column} END`
