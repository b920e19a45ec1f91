/** What was published as one number, and where two of them part. Pure. */
import { hash } from 'node:crypto'
import type { IHeaders } from 'kafkajs'

export interface Published {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers: IHeaders
}

/** Records of one topic; `digest` does not depend on their order. */
export interface Digest {
  readonly records: number
  readonly digest: string
}

const MODULUS = 1n << 128n

/** Collects records, in any order. */
export class DigestOfRecords {
  #records = 0
  #sum = 0n

  /** A sum: a record that is there twice is not as if it were not there. */
  add(record: Published): void {
    this.#records++
    this.#sum = (this.#sum + BigInt(`0x${hashOf(record).slice(0, 32)}`)) % MODULUS
  }

  result(): Digest {
    return { records: this.#records, digest: this.#sum.toString(16).padStart(32, '0') }
  }
}

/** Of key, value and headers, whose order says nothing. */
export function hashOf({ key, value, headers }: Published): string {
  const named = headersOf(headers).flatMap(([name, text]) => [Buffer.from(name), text])
  const parts = [key, value, ...named].flatMap(part => [lengthOf(part), part ?? NOTHING])
  return hash('sha256', Buffer.concat(parts))
}

const NOTHING = Buffer.alloc(0)

/** Before each part, so that no two records look alike; -1 for what is not there. */
function lengthOf(part: Buffer | null): Buffer {
  const length = Buffer.alloc(4)
  length.writeInt32BE(part?.length ?? -1)
  return length
}

/** By name, and the values of a name in their order. */
export const headersOf = (headers: IHeaders): readonly (readonly [string, Buffer])[] =>
  Object.keys(headers)
    .sort()
    .flatMap(name => [headers[name] ?? []].flat().map(value => [name, Buffer.from(value)] as const))
