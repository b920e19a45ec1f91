/** Records as the warehouse reads them, of which only what a test says matters. */
import type { Job, PulsifiInvitation, PulsifiScore, PulsifiStatus } from '../../schemas/types.ts'
import { job as jobRecord } from './console-records.ts'
import { invitationRecord } from './ledger-records.ts'

const AT = Date.UTC(2026, 0, 1, 12)

/** @param key `<source>:<tenant>:<id>` */
export function job(key: string, known: Partial<Job> = {}): Job {
  const [source = '', tenant = '', id = ''] = key.split(':')
  const organization = { external_id: null, internal_id: null, name: 'Bread & Co', description: null }
  return jobRecord({ source, tenant }, id, {
    hiring_organization: { ...organization, logo_url: null, customer: null },
    ...known,
  })
}

export const score = (applicationKey: string, known: Partial<PulsifiScore> = {}): PulsifiScore => ({
  event_id: `${applicationKey}-score`,
  application_key: applicationKey,
  candidate_key: null,
  job_key: null,
  source: 'direct',
  tenant_id: 'default',
  pulsifi_candidate_id: 'c1',
  pulsifi_job_id: null,
  ext_reference_id: 'direct_1',
  score_type: 'role_fit',
  kind: 'FIT',
  score_value: 50,
  score_format: 100,
  normalized: 0.5,
  result_content_sha256: '0',
  observed_at: AT,
  ...known,
})

export const invitation = (
  applicationKey: string,
  known: Partial<PulsifiInvitation> = {},
): PulsifiInvitation =>
  invitationRecord({
    event_id: `${applicationKey}-decision`,
    application_key: applicationKey,
    candidate_key: 'direct:default:c1',
    job_key: 'direct:default:j1',
    ext_reference_id: 'direct_1',
    outcome: 'INVITED',
    attempt: 1,
    first_attempt_at: AT,
    occurred_at: AT,
    ...known,
  })

export const status = (applicationKey: string, known: Partial<PulsifiStatus> = {}): PulsifiStatus => ({
  ...{ event_id: `${applicationKey}-event`, status_key: `${applicationKey}-1` },
  application_key: applicationKey,
  ...{ candidate_key: 'direct:default:c1', job_key: 'direct:default:j1' },
  ...{ source: 'direct', tenant_id: 'default', number: 1, from: null, to: 'received' },
  ...{ reason: null, reason_number: null, actor: 'pipeline', occurred_at: AT, ingested_at: AT },
  ...known,
})
