/** Maps that are read with every name in them: avsc assigns the members, and `__proto__` is none that can be assigned. */
import avro from 'avsc'

/** What avsc reads from: its own, and not in its typings. */
interface Tap {
  readLong(): number
  readString(): string
}

interface ReadingType {
  _read(tap: Tap): unknown
}

/** For all types of the process: avsc freezes them, so there is no other place. Doing it again changes nothing. */
export const readWholeMaps = (): boolean => Reflect.set(avro.types.MapType.prototype, '_read', readMap)

function readMap(this: { readonly valuesType: ReadingType }, tap: Tap): Record<string, unknown> {
  const members: Record<string, unknown> = {}
  for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
    // A negative count is followed by the block's size in bytes.
    if (count < 0) tap.readLong()
    for (let left = Math.abs(count); left > 0; left--) {
      const name = tap.readString()
      const value = this.valuesType._read(tap)
      if (name === '__proto__') define(members, name, value)
      else members[name] = value
    }
  }
  return members
}

const define = (members: object, name: string, value: unknown): unknown =>
  Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true })
