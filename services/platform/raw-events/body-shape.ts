/** How much a body may hold, judged before anything is made of it. */
import { JSON_DEPTH_MAX } from '../../core/json.ts'
import { ByteCharacters, type JsonShape, jsonShape } from '../../core/json-shape.ts'

export const BODY_VALUES_MAX = 500_000
export const BODY_ITEMS_MAX = 10_000
/** The longest number that a float can be written as has 1,077 digits; no id has. */
export const NUMBER_LENGTH_MAX = 1_100

/** What is wrong with it; null when it may be read. */
export function shapeFault(shape: JsonShape): 'too-many-items' | 'too-complex' | null {
  if (shape.depth > JSON_DEPTH_MAX) return 'too-complex'
  if (shape.values > BODY_VALUES_MAX || shape.numberLength > NUMBER_LENGTH_MAX) return 'too-complex'
  return shape.items > BODY_ITEMS_MAX ? 'too-many-items' : null
}

/** Counted up to the first fault. */
export const bodyShape = (body: Uint8Array): JsonShape =>
  jsonShape(new ByteCharacters(body), shape => shapeFault(shape) !== null)
