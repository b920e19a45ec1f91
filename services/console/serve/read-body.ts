import type { IncomingMessage } from 'node:http'
import { ApiError } from '../figures/endpoint.ts'

const BYTES_MAX = 64 * 1024

/** @throws ApiError with status 413 for a body above 64 KiB. */
export async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    const bytes: Buffer = Buffer.from(part)
    size += bytes.length
    if (size > BYTES_MAX) throw new ApiError(413, 'BODY_TOO_LARGE', 'a request has at most 64 KiB')
    parts.push(bytes)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** @throws ApiError with status 415 or 400 for what is not JSON. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new ApiError(415, 'NOT_JSON', 'send application/json')
  const text = await readText(request)
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError(400, 'NOT_JSON', 'the body is not JSON')
  }
}
