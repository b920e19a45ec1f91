/**
 * What a stranger's SELECT may name: an allow-list over the statement as DuckDB has parsed it, so that no spelling goes
 * around it. Whatever is not listed is refused, also what a later DuckDB adds. Pure.
 */
import { ALLOWED_FUNCTIONS } from './allowed-functions.ts'

type Tree = Readonly<Record<string, unknown>>

const EXPRESSIONS: ReadonlySet<unknown> = new Set([
  ...[
    'BETWEEN',
    'CASE',
    'CAST',
    'COLLATE',
    'COLUMN_REF',
    'COMPARISON',
    'CONJUNCTION',
    'CONSTANT',
    'FUNCTION',
  ],
  ...['LAMBDA', 'OPERATOR', 'POSITIONAL_REFERENCE', 'STAR', 'SUBQUERY', 'WINDOW'],
])
/** Nodes of a query, sources of rows, and what orders and limits them. */
const PARTS: ReadonlySet<unknown> = new Set([
  ...['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE', 'CTE_NODE'],
  ...['BASE_TABLE', 'TABLE_FUNCTION', 'SUBQUERY', 'JOIN', 'EXPRESSION_LIST', 'EMPTY', 'SHOW_REF', 'PIVOT'],
  ...['ORDER_MODIFIER', 'LIMIT_MODIFIER', 'LIMIT_PERCENT_MODIFIER', 'DISTINCT_MODIFIER'],
  ...['ORDER_DEFAULT', 'ASCENDING', 'DESCENDING'],
])
const TABLE_FUNCTIONS: ReadonlySet<unknown> = new Set([
  ...['range', 'generate_series', 'unnest', 'json_each', 'json_tree'],
])
/** "SHOW TABLES". The others describe a query, which is looked at as any other. */
const SHOWN: ReadonlySet<unknown> = new Set(['', '"tables"'])
/** Types name nothing that could be read; what WITH names is looked at first. */
const LEAVES: ReadonlySet<string> = new Set(['cast_type', 'cte_map'])

/**
 * Why a statement is not answered; null when it may be.
 * @param parsed what `json_serialize_sql` makes of the text
 * @param tables in lower case
 */
export function objectionTo(parsed: unknown, tables: ReadonlySet<string>): string | null {
  const { error, statements, error_message } = asTree(parsed)
  // What is no SELECT has no such form.
  if (error !== false) return String(error_message ?? 'expected one SELECT')
  if (!Array.isArray(statements) || statements.length !== 1) return 'expected one statement'
  return new Inspection(tables).of(asTree(statements[0]).node, new Set())
}

const asTree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {})
const lower = (value: unknown): string => String(value ?? '').toLowerCase()

class Inspection {
  readonly #tables: ReadonlySet<string>
  constructor(tables: ReadonlySet<string>) {
    this.#tables = tables
  }

  /** @param named by WITH, in lower case: no table is meant by these names */
  of(value: unknown, named: ReadonlySet<string>): string | null {
    if (Array.isArray(value)) return first(value, item => this.of(item, named))
    if (typeof value !== 'object' || value === null) return null
    const tree = asTree(value)
    const objection = objectionToPart(tree) ?? this.#objectionToTable(tree, named)
    // A constant, or a value among those of PIVOT, may hold anything, and names nothing.
    if (objection !== null || tree.class === 'CONSTANT' || typeof tree.type === 'object') return objection
    return this.#inside(tree, named)
  }

  #inside(tree: Tree, outer: ReadonlySet<string>): string | null {
    const named = new Set(outer)
    const objection = first(ctesOf(tree), ({ name, query, isRecursive }) => {
      // The query of a name that does not refer to itself means by it what stood there before.
      const found = this.of(query, isRecursive ? new Set([...named, name]) : named)
      named.add(name)
      return found
    })
    const inner = tree.type === 'RECURSIVE_CTE_NODE' ? new Set([...named, lower(tree.cte_name)]) : named
    return (
      objection ??
      first(Object.entries(tree), ([key, item]) => (LEAVES.has(key) ? null : this.of(item, inner)))
    )
  }

  #objectionToTable(tree: Tree, named: ReadonlySet<string>): string | null {
    if (tree.class !== undefined || tree.type !== 'BASE_TABLE') return null
    const [schema, name] = [lower(tree.schema_name), lower(tree.table_name)]
    if (lower(tree.catalog_name) !== '' || (schema !== '' && schema !== 'main'))
      return `there is no ${schema}.${name} here`
    if (this.#tables.has(name) || (schema === '' && named.has(name))) return null
    return `there is no table ${name} here: SHOW TABLES tells which there are`
  }
}

function objectionToPart(tree: Tree): string | null {
  const { class: kind, type } = tree
  if (kind !== undefined) {
    if (!EXPRESSIONS.has(kind)) return `${lower(kind)} is not allowed here`
    return kind === 'FUNCTION' || kind === 'WINDOW' ? objectionToFunction(tree, ALLOWED_FUNCTIONS) : null
  }
  if (typeof type !== 'string') return null
  if (!PARTS.has(type)) return `${lower(type)} is not allowed here`
  if (type === 'TABLE_FUNCTION') return objectionToFunction(asTree(tree.function), TABLE_FUNCTIONS)
  if (type === 'SHOW_REF' && !SHOWN.has(tree.table_name)) return 'only SHOW TABLES is allowed'
  return null
}

/** Operators have names too, without letters. */
const OPERATOR = /^[^\p{L}\p{N}_]+$/u

function objectionToFunction(tree: Tree, allowed: ReadonlySet<unknown>): string | null {
  const [schema, name] = [lower(tree.schema), lower(tree.function_name)]
  const isOurs = lower(tree.catalog) === '' && (schema === '' || schema === 'main')
  return isOurs && (allowed.has(name) || OPERATOR.test(name))
    ? null
    : `the function ${name} is not allowed here`
}

interface NamedQuery {
  readonly name: string
  readonly query: unknown
  readonly isRecursive: boolean
}

function ctesOf(tree: Tree): readonly NamedQuery[] {
  const { map } = asTree(tree.cte_map)
  return (Array.isArray(map) ? map : []).map(entry => {
    const { key, value } = asTree(entry)
    const query = asTree(asTree(value).query).node
    return { name: lower(key), query, isRecursive: asTree(query).type === 'RECURSIVE_CTE_NODE' }
  })
}

function first<T>(items: readonly T[], objection: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = objection(item)
    if (found !== null) return found
  }
  return null
}
