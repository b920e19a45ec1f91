import type { IHeaders } from 'kafkajs'

/** Text of a header; of one that was written several times, the first. */
export function headerText(headers: IHeaders, name: string): string | undefined {
  const value = headers[name]
  const first = Array.isArray(value) ? value[0] : value
  return first?.toString()
}
