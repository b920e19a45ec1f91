/**
 * The way into an assessment, which stands on a topic of its own: decisions see the ledger's record with it, and write
 * the two apart. Pure.
 */
import type { PulsifiAccess, PulsifiInvitation } from '../../../schemas/types.ts'
import { partsOfKey } from '../../core/identity.ts'

type Way = Pick<PulsifiInvitation, 'invitation_link' | 'invite_code'>

/** As decisions see it. @param access undefined: there is none, or an older version has left it in the record */
export const withAccess = (
  record: PulsifiInvitation,
  access: PulsifiAccess | undefined,
): PulsifiInvitation =>
  access === undefined
    ? record
    : { ...record, invitation_link: access.invitation_link, invite_code: access.invite_code }

export const withoutAccess = (record: PulsifiInvitation): PulsifiInvitation => ({
  ...record,
  invitation_link: null,
  invite_code: null,
})

/** What is written of it beside a record: null when it goes, undefined when it is as it was. */
export function accessBeside(
  record: PulsifiInvitation,
  known: PulsifiAccess | undefined,
  nowMs: number,
): PulsifiAccess | null | undefined {
  const { application_key, candidate_key, pulsifi_candidate_id, invitation_link, invite_code } = record
  if (invitation_link === null && invite_code === null) return known === undefined ? undefined : null
  if (known !== undefined && isSame(known, record)) return undefined
  const { source, tenant } = partsOfKey(application_key)
  return {
    ...{ application_key, candidate_key, source, tenant_id: tenant, pulsifi_candidate_id },
    ...{ invitation_link, invite_code, updated_at: nowMs },
  }
}

const isSame = (
  known: PulsifiAccess,
  record: Way & Pick<PulsifiInvitation, 'pulsifi_candidate_id'>,
): boolean =>
  known.invitation_link === record.invitation_link &&
  known.invite_code === record.invite_code &&
  known.pulsifi_candidate_id === record.pulsifi_candidate_id
