import { randomBytes } from 'node:crypto'

/** W3C Trace Context, version 00; ids of zeros are not ids. */
const TRACE_PARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The sender's trace where it has one, else the first span of a new one. */
export const traceParentOf = (
  header: string | undefined,
  random: (bytes: number) => Buffer = randomBytes,
): string =>
  header !== undefined && TRACE_PARENT.test(header)
    ? header
    : `00-${random(16).toString('hex')}-${random(8).toString('hex')}-01`
