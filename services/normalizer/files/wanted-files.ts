/** Which files of a candidate are still to be fetched, and what its record says once they have been. */
import type { Attachment, Candidate } from '../../../schemas/types.ts'
import { blobUri } from '../../core/blob.ts'
import { attachmentsOf, withAttachments } from '../../core/canonical.ts'
import { judgeFile, typeOfBytes } from '../../core/file-type.ts'
import { KEY_SEPARATOR, sha256Hex } from '../../core/identity.ts'
import { isHostIn } from '../../core/reading/url.ts'
import type { State, StoreEntry } from '../../platform/partitions/processor.ts'

/** Hosts that files of a source may be fetched from; none: they are not fetched. */
export type HostsOf = (source: string) => readonly string[]

export interface WantedFile {
  readonly url: string
  /** Null: the source does not say that the link dies. */
  readonly expiresAtMs: number | null
}

/** What became of a file. */
export type FileResult =
  | {
      readonly status: 'STORED'
      readonly sha256: string
      readonly sizeBytes: number
      /** By its bytes; null when they show none. */
      readonly contentType: string | null
    }
  | { readonly status: 'EXPIRED' | 'FAILED' | 'REJECTED' }

/** Results by the address that was fetched. */
export type FileResults = Readonly<Record<string, FileResult>>

const isWanted = (
  file: Attachment,
  hosts: readonly string[],
): file is Attachment & { source_url: string } => {
  const host = file.source_url === null ? undefined : URL.parse(file.source_url)?.hostname
  if (file.fetch_status !== 'NOT_ATTEMPTED' || host === undefined) return false
  return isHostIn(host, hosts)
}

/** Each address once, although several places may name it. */
export function wantedFiles(candidate: Candidate, hosts: readonly string[]): readonly WantedFile[] {
  if (hosts.length === 0 || candidate.lifecycle === 'DELETED') return []
  const wanted = attachmentsOf(candidate).flatMap(file =>
    isWanted(file, hosts) ? [[file.source_url, file.source_url_expires_at] as const] : [],
  )
  return [...new Map(wanted)].map(([url, expiresAtMs]) => ({ url, expiresAtMs }))
}

/** Of bytes that came: what they are by their first ones. A page in place of the file is none. */
export function resultOf(bytes: Uint8Array): (FileResult & { status: 'STORED' }) | null {
  const contentType = typeOfBytes(bytes)
  if (bytes.length === 0 || contentType === 'text/html') return null
  return { status: 'STORED', sha256: sha256Hex(bytes), sizeBytes: bytes.length, contentType }
}

/** The record with what became of its files; null when nothing of it concerns the record (any more). */
export function withResults(candidate: Candidate, results: FileResults): Candidate | null {
  let isChanged = false
  const warnings = new Set(candidate.provenance.warnings)
  const { tenant_id: tenant } = candidate.provenance
  const changed = withAttachments(candidate, file => {
    const result = file.source_url === null ? undefined : results[file.source_url]
    if (result === undefined || file.fetch_status !== 'NOT_ATTEMPTED') return file
    isChanged = true
    if (result.status !== 'STORED') return { ...file, fetch_status: result.status }
    const claims = { shown: result.contentType, declared: file.content_type, name: file.file_name }
    const judged = judgeFile(claims)
    for (const warning of judged.warnings) warnings.add(warning)
    return {
      ...file,
      content_type: judged.contentType,
      size_bytes: result.sizeBytes,
      sha256: result.sha256,
      blob_uri: blobUri(tenant, candidate.candidate_key, result.sha256),
      fetch_status: 'STORED',
    }
  })
  if (!isChanged) return null
  return { ...changed, provenance: { ...changed.provenance, warnings: [...warnings].sort() } }
}

/** Where the files lie that were stored. */
export const storedIn = (tenant: string, candidateKey: string, results: FileResults): readonly string[] =>
  Object.values(results).flatMap(result =>
    result.status === 'STORED' ? [blobUri(tenant, candidateKey, result.sha256)] : [],
  )

const PENDING = `files${KEY_SEPARATOR}`

/** Whether files of it are still to be fetched. */
export const isPending = (candidate: Candidate, hostsOf: HostsOf): boolean =>
  wantedFiles(candidate, hostsOf(candidate.provenance.source)).length > 0

/** Keeps the record for as long as files of it are wanted, so that an owner who comes later goes on. */
export const pendingEntries = (key: string, candidate: Candidate | null, hostsOf: HostsOf): StoreEntry[] => [
  [`${PENDING}${key}`, candidate !== null && isPending(candidate, hostsOf) ? candidate : undefined],
]

// Casts: `pendingEntries` alone writes these entries.
export const pendingOf = (state: State, key: string): Candidate | undefined =>
  state.get(`${PENDING}${key}`) as Candidate | undefined

/** Keys of all candidates of which files are wanted. */
export const pendingKeys = (state: State): string[] =>
  [...state.scan(PENDING)].map(([name]) => name.slice(PENDING.length))
