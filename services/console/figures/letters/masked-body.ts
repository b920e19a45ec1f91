/** A body without what it says of people: its shape stays, which is what somebody needs who mends a mapping. Pure. */
import { MASK } from '../../../platform/avro/masking.ts'

/** A name that a vendor gave a field, and no value that became one. */
const FIELD = /^[A-Za-z_][\w.-]{0,63}$/

/** JSON with every text and number masked; null, true, false and what is empty stay. */
export function maskedJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedJson)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item], at) => [
        FIELD.test(name) ? name : `${MASK} ${at + 1}`,
        maskedJson(item),
      ]),
    )
  if (typeof value === 'string') return value === '' ? '' : `${MASK} ${value.length} characters`
  return typeof value === 'number' ? MASK : value
}

/** Text that is no JSON, letter by letter: what was cut, and where, can still be seen. */
export const maskedText = (text: string): string =>
  text.replaceAll(/\p{L}|\p{M}/gu, 'x').replaceAll(/\p{N}/gu, '0')
