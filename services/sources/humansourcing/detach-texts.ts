/**
 * Takes the texts of files out of a candidate's event: a CV is the person's whole life, and each snapshot repeats those of
 * years. What reads it finds it in the blob store.
 */
import { sha256Hex } from '../../core/identity.ts'
import { EACH, replaceValues } from '../../core/json.ts'
import { orNull } from '../../core/reading/text.ts'
import type { InlineFile, RawEvent } from '../source.ts'

const TEXTS = ['data', 'action', EACH, 'attachment', EACH, 'text'] as const

/**
 * Whatever else than text stands there is taken out too: nobody but us may write a reference.
 * @param text of the event, with each text replaced by a reference to its bytes
 */
export function detachTexts(text: string): Pick<RawEvent, 'text' | 'files'> {
  const files = new Map<string, InlineFile>()
  const rest = replaceValues(text, TEXTS, valueText => {
    const said = orNull(JSON.parse(valueText))
    if (said === null) return 'null'
    const file = fileOf(said)
    files.set(file.sha256, file)
    return file.placeholder
  })
  return files.size === 0 ? { text: rest } : { text: rest, files: [...files.values()] }
}

function fileOf(text: string): InlineFile {
  const bytes = Buffer.from(text)
  const sha256 = sha256Hex(bytes)
  const placeholder = JSON.stringify({ $file: { sha256 } })
  return { bytes, contentType: 'text/plain', fileName: null, sha256, sizeBytes: bytes.length, placeholder }
}
