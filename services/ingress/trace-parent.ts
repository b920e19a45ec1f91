import { randomFillSync } from 'node:crypto'
import { isTraceParent } from '../platform/tracing/trace-context.ts'

/** The sender's trace where it has one, else the first span of a new one. */
export function traceParentOf(header: string | undefined, draw: () => string = drawIds): string {
  if (header !== undefined && isTraceParent(header)) return header
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
