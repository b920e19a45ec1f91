/** A codec whose values can be read without a schema. */
import { sha256Hex } from '../../services/core/identity.ts'
import type { Codec } from '../../services/platform/avro/codec.ts'

type Replacer = (name: string, value: unknown) => unknown

/** @param replace what JSON.stringify is given */
export function jsonCodec(replace: Replacer = (_name, value) => value): Codec {
  const encode: Codec['encode'] = (_topic, record) => Buffer.from(JSON.stringify(record, replace))
  return {
    encode,
    encodeWithDigest(topic, record, leaveOut, instead) {
      const names = new Set([...leaveOut].map(name => name.slice(name.indexOf('.') + 1)))
      const without: Replacer = (name, value) => (names.has(name) ? undefined : replace(name, value))
      const digest = sha256Hex(JSON.stringify(record, without) + instead)
      return { value: encode(topic, record), digest }
    },
    decode: (_topic, value) => JSON.parse(value.toString()),
    prepare: async () => undefined,
  }
}
