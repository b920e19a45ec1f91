import { randomUUID } from 'node:crypto'

/** W3C Trace Context, version 00; ids of zeros are not ids. */
const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The sender's trace where it has one, else the first span of a new one. */
export const traceParentOf = (header: string | undefined, uuid: () => string = randomUUID): string =>
  header !== undefined && TRACE_PARENT.test(header)
    ? header
    : `00-${hexDigits(uuid())}-${hexDigits(uuid()).slice(16)}-01`

/** 32 of them, never all zero: a UUID names its version. Node draws UUIDs from a pool, single bytes it does not. */
const hexDigits = (uuid: string): string => uuid.replaceAll('-', '')
