/** Columns of what is staged, once for everything that is made of them: tables, inserts and typed rows. */
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  LIST,
  listValue,
  VARCHAR,
} from '@duckdb/node-api'

interface Values {
  text: string
  /** `<name>_key`. Its hash is kept with it, as `<name>_id`: integers are found far faster than texts. */
  key: string
  texts: readonly string[]
  integer: number
  offset: number
  double: number
  boolean: boolean
  /** Milliseconds since the epoch; a TIMESTAMP in UTC once it is kept. */
  time: number
  /** Days since the epoch; a DATE once it is kept. */
  day: number
}
type Kind = keyof Values
export type Columns = Readonly<Record<string, Kind>>
export type RowOf<C extends Columns> = { readonly [N in keyof C]: Values[C[N]] | null }
export type Row = Readonly<Record<string, Values[Kind] | null>>

interface Form {
  /** Of the staging table. */
  readonly staged: string
  readonly type: DuckDBType
  /** Of the table that keeps it. */
  readonly kept: (name: string) => string
  readonly toKept: (name: string) => string
  readonly toDuck: (value: unknown) => DuckDBValue
}

const named = (sql: string) => (name: string) => `${name} ${sql}`
const asIs = { toKept: (name: string) => name, toDuck: (value: unknown) => value as DuckDBValue }
const plain = (sql: string, type: DuckDBType): Form => ({ staged: sql, kept: named(sql), type, ...asIs })
const idOf = (name: string) => name.replace(/_key$/, '_id')
const toBigInt = (value: unknown): DuckDBValue => BigInt(Math.trunc(Number(value)))

/** Casts of values are sound because `RowOf` ties each column's value to its kind. */
const FORMS: Readonly<Record<Kind, Form>> = {
  text: plain('VARCHAR', VARCHAR),
  key: {
    ...plain('VARCHAR', VARCHAR),
    kept: name => `${name} VARCHAR, ${idOf(name)} UBIGINT`,
    toKept: name => `${name}, hash(${name}) AS ${idOf(name)}`,
  },
  texts: {
    ...plain('VARCHAR[]', LIST(VARCHAR)),
    toDuck: value => listValue([...(value as readonly string[])]),
  },
  integer: plain('INTEGER', INTEGER),
  double: plain('DOUBLE', DOUBLE),
  boolean: plain('BOOLEAN', BOOLEAN),
  offset: { ...plain('BIGINT', BIGINT), toDuck: toBigInt },
  time: {
    ...plain('BIGINT', BIGINT),
    kept: named('TIMESTAMP'),
    toKept: name => `make_timestamp_ms(${name}) AS ${name}`,
    toDuck: toBigInt,
  },
  day: {
    ...plain('INTEGER', INTEGER),
    kept: named('DATE'),
    toKept: name => `DATE '1970-01-01' + ${name} AS ${name}`,
  },
}

const forms = (columns: Columns) => Object.entries(columns).map(([name, kind]) => ({ name, ...FORMS[kind] }))

export const stagedColumns = (columns: Columns): string =>
  forms(columns)
    .map(({ name, staged }) => `${name} ${staged}`)
    .join(', ')

export const keptColumns = (columns: Columns): string =>
  forms(columns)
    .map(({ name, kept }) => kept(name))
    .join(', ')

/** The select list that turns staged columns into kept ones, under their names. */
export const asKept = (columns: Columns): string =>
  forms(columns)
    .map(({ name, toKept }) => toKept(name))
    .join(', ')

export const duckTypes = (columns: Columns): readonly DuckDBType[] => forms(columns).map(({ type }) => type)

/** Rows as the columns of a data chunk. */
export const toColumns = (columns: Columns, rows: readonly Row[]): DuckDBValue[][] =>
  forms(columns).map(({ name, toDuck }) =>
    rows.map(row => {
      const value = row[name] ?? null
      return value === null ? null : toDuck(value)
    }),
  )
