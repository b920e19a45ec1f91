/** Fields of Kafka's protocol, written one after the other into a buffer of the right size. */
export class Fields {
  readonly buffer: Buffer
  at = 0

  constructor(size: number) {
    this.buffer = Buffer.allocUnsafe(size)
  }

  int8(value: number): void {
    this.at = this.buffer.writeInt8(value, this.at)
  }
  int16(value: number): void {
    this.at = this.buffer.writeInt16BE(value, this.at)
  }
  int32(value: number): void {
    this.at = this.buffer.writeInt32BE(value, this.at)
  }
  int64(value: bigint): void {
    this.at = this.buffer.writeBigInt64BE(value, this.at)
  }
  bytes(bytes: Buffer): void {
    this.at += bytes.copy(this.buffer, this.at)
  }
  string(text: string | null): void {
    if (text === null) return this.int16(-1)
    const from = this.at + 2
    const length = this.buffer.write(text, from)
    this.int16(length)
    this.at = from + length
  }
}

/** Bytes of a string, with its length in front. */
export const sizeOfString = (text: string | null): number => 2 + Buffer.byteLength(text ?? '')
