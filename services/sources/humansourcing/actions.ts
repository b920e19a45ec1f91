/** The history of a candidate: what each action is, and in which order they happened. */
import type { Activity, Attachment, Contact } from '../../../schemas/types.ts'
import { blobUri } from '../../core/blob.ts'
import { readMoment, scalarText, truth } from '../lenient.ts'
import type { Action } from './payload.ts'
import type { Settings } from './settings.ts'

/** Human Sourcing is a French product; a time without an offset is a French one. */
export const ZONE_IF_NAIVE = 'Europe/Paris'

/** An action and when it happened, ms since the epoch; null when its date cannot be read. */
export interface DatedAction {
  readonly action: Action
  readonly atMs: number | null
}

/** `code` is the customer's, `default_type` the system's; an action is recognised by either. */
type Coded = Pick<Activity, 'code' | 'default_type'>
export const isAmong = ({ code, default_type }: Coded, codes: readonly string[]): boolean =>
  codes.some(known => known === code || known === default_type)

/** What the system sends by itself once a person has applied. */
const ACKNOWLEDGEMENT = ['AR_a', '93']
export const isAcknowledgement = (action: Coded): boolean => isAmong(action, ACKNOWLEDGEMENT)
/** What the person did, and not the answer to it. */
export const isApplication = (action: Coded, { application_codes }: Settings): boolean =>
  isAmong(action, application_codes) && !isAcknowledgement(action)

/** The example lists the newest first, but nothing promises it. Undated actions come last. */
export function newestFirst(actions: readonly Action[], warnings: Set<string>): DatedAction[] {
  return actions
    .map(action => ({ action, atMs: readMoment(action.date, ZONE_IF_NAIVE, warnings) }))
    .sort((a, b) => descending(a.atMs, b.atMs) || byIdDescending(a.action.id, b.action.id))
}

const descending = (a: number | null, b: number | null): number =>
  a === b ? 0 : (b ?? Number.NEGATIVE_INFINITY) - (a ?? Number.NEGATIVE_INFINITY)

const byIdDescending = (a: string | null, b: string | null): number =>
  (b ?? '').localeCompare(a ?? '', 'en', { numeric: true })

/** The files of an application lie on the application itself, so its action does not repeat them. */
export function toActivity({ action, atMs }: DatedAction, settings: Settings, kept: FilesOf): Activity {
  return {
    external_id: action.id ?? '',
    code: action.code,
    type: action.type,
    default_type: action.default_type,
    occurred_at: atMs,
    rating: action.rating,
    media: action.media,
    flag: scalarText(action.pastille),
    emailing: truth(action.emailing),
    actor: consultantOf(action.consultant),
    attachments: isApplication(action, settings) ? [] : kept(action),
  }
}

export const consultantOf = (consultant: Action['consultant']): Contact | null =>
  consultant && {
    external_id: consultant.id,
    account_id: consultant.office,
    role: 'consultant',
    first_name: consultant.first_name,
    last_name: consultant.last_name,
    email: null,
  }

/** Seen in the page: 10 on files that a candidate sent, 9 on texts of mails. */
const KINDS: Readonly<Record<string, Attachment['kind']>> = { '10': 'RESUME', '9': 'MESSAGE' }

/** The files of an action. */
export type FilesOf = (action: Action) => Attachment[]

/** @param owner key of the candidate whose files they are */
export const filesOf =
  (tenant: string, owner: string): FilesOf =>
  action =>
    action.attachment.map(file => ({
      external_id: file.id,
      kind: KINDS[file.type ?? ''] ?? 'OTHER',
      kind_raw: file.type,
      file_name: file.filename,
      content_type: file.mimetype?.toLowerCase() ?? null,
      size_bytes: null,
      sha256: null,
      blob_uri: null,
      source_url: null,
      source_url_expires_at: null,
      storage_ref: file.uniqfilename,
      extracted_text_blob_uri: file.text ? blobUri(tenant, owner, file.text.$file.sha256) : null,
      // The page gives a storage name and no way to download by it.
      fetch_status: 'NOT_FETCHABLE',
    }))
