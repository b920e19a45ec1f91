/** What is on disk, byte by byte: whether somebody's values are there in any form in which a program may write them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

/**
 * Files of `folder` that hold one of the values, in plain, base64 (in any position) or URL encoding, but for those left out.
 * @param leftOut what is to match a path inside the folder
 */
export function filesHolding(
  values: readonly string[],
  folder: string,
  leftOut: readonly RegExp[] = [],
): string[] {
  const needles = values.flatMap(formsOf)
  return filesIn(folder).filter(name => {
    if (leftOut.some(pattern => pattern.test(name))) return false
    const bytes = readOrEmpty(join(folder, name))
    return needles.some(needle => bytes.includes(needle))
  })
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true }).flatMap(entry =>
    entry.isFile() ? [relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')] : [],
  )

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value)
  // Without the characters that neighbours share.
  const base64 = [0, 1, 2].map(at =>
    Buffer.concat([Buffer.alloc(at), bytes])
      .toString('base64')
      .slice(4, -4),
  )
  return [value, encodeURIComponent(value), ...base64.filter(text => text.length >= 8)]
}

/** A file may go while it is looked for. */
function readOrEmpty(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}
