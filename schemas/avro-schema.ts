/** An Avro schema as our files write it: the part of the language that the generators of types read. */
export type Schema = string | readonly Schema[] | Named

export interface Named {
  readonly type: Schema
  readonly logicalType?: string
  readonly name?: string
  readonly doc?: string
  readonly fields?: readonly Field[]
  readonly symbols?: readonly string[]
  readonly items?: Schema
  readonly values?: Schema
}

export interface Field {
  readonly name: string
  readonly type: Schema
  readonly doc?: string
}

export const isUnion = (schema: Schema): schema is readonly Schema[] => Array.isArray(schema)
export const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1)
