/** JSON that people write by hand: read with the line of every value, so that a fault can say where it is. */
import { isNode, LineCounter, parseDocument } from 'yaml'

export interface JsonWithLines {
  readonly value: unknown
  /** The line of the value at a path, from 1; of the nearest one around it that is there. */
  readonly lineOf: (path: readonly PropertyKey[]) => number
}

export type JsonReading =
  | ({ readonly type: 'read' } & JsonWithLines)
  /** `line` is null when the parser does not tell. Its message quotes the text, so it is not passed on. */
  | { readonly type: 'fault'; readonly line: number | null; readonly fault: string }

/** YAML is a superset of JSON whose parser knows positions; what is JSON is decided by JSON's own parser. */
export function readJsonWithLines(text: string): JsonReading {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, schema: 'json', uniqueKeys: true })
  const [error] = document.errors
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const said = /\(line (\d+) column/.exec(cause instanceof Error ? cause.message : '')?.[1]
    const line = said === undefined ? (error?.linePos?.[0].line ?? null) : Number(said)
    return { type: 'fault', line, fault: 'this is not JSON' }
  }
  // Of two members with one name JSON's parser takes the last one and says nothing.
  if (error?.code === 'DUPLICATE_KEY') {
    return {
      type: 'fault',
      line: error.linePos?.[0].line ?? null,
      fault: 'a name that this object has already',
    }
  }
  const lineOf = (path: readonly PropertyKey[]): number => {
    const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    return path.length === 0 ? 1 : lineOf(path.slice(0, -1))
  }
  return { type: 'read', value, lineOf }
}
