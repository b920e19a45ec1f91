import { randomFillSync } from 'node:crypto'

/** W3C Trace Context, version 00; ids of zeros are not ids. */
const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The sender's trace where it has one, else the first span of a new one. */
export function traceParentOf(header: string | undefined, draw: () => string = drawIds): string {
  if (header !== undefined && TRACE_PARENT.test(header)) return header
  const ids = draw()
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-01`
}

/** 16 bytes of a trace and 8 of a span; both zero comes as rarely as two traces with one id. */
const IDS_BYTES = 24
const pool = Buffer.alloc(IDS_BYTES * 128)
let drawn = pool.length

/** Hex digits of both. Random bytes cost little when many are asked for at once. */
function drawIds(): string {
  if (drawn === pool.length) {
    randomFillSync(pool)
    drawn = 0
  }
  drawn += IDS_BYTES
  return pool.toString('hex', drawn - IDS_BYTES, drawn)
}
