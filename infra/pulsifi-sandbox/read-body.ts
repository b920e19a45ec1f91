import type { IncomingMessage } from 'node:http'
import { ApiError } from './api-error.ts'

const BODY_BYTES_MAX = 1024 * 1024

/**
 * The JSON value of a request body; undefined when there is none.
 * @throws ApiError 400 for what is not JSON, 413 over 1 MiB.
 */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request)
  if (bytes.length === 0) return undefined
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new ApiError(400, 'NOT_JSON', 'send Content-Type: application/json')
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new ApiError(400, 'NOT_JSON', 'the body is not JSON in UTF-8')
  }
}

/** A button of the page sends a form; a program sends JSON. */
export const isForm = (request: IncomingMessage): boolean =>
  /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')

/** The fields of a form. @throws ApiError 413 over 1 MiB */
export const readForm = async (request: IncomingMessage): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(new URLSearchParams((await readBytes(request)).toString('utf8')))

/** Reads on past the limit without keeping anything, so that the refusal reaches a client that is still writing. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= BODY_BYTES_MAX) chunks.push(chunk)
  }
  if (length > BODY_BYTES_MAX) throw new ApiError(413, 'BODY_TOO_LARGE', 'the body is larger than 1 MiB')
  return Buffer.concat(chunks)
}

/** A member of an object that is a string, else null. */
export function textMember(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null
  const member = new Map<string, unknown>(Object.entries(value)).get(name)
  return typeof member === 'string' ? member : null
}
