import { expect, it } from 'vitest'
import type { Company, PulsifiInvitation } from '../../../../schemas/types.ts'
import { companiesOf } from '../../../../services/ops/companies/companies.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'

const { provenance } = candidateRecord({})
const signup = (tenant: string, id: string, name: string, receivedAt: number): Company => ({
  company_key: `jobylon:${tenant}:${id}`,
  external_id: id,
  internal_id: null,
  name,
  is_configured: true,
  signed_up_at: receivedAt,
  provenance: { ...provenance, received_at: receivedAt },
})
const connection = {
  source: 'jobylon',
  tenant: 'default',
  secrets: [],
  settings: { companies: { 'c-1': 'wayne', 'c-3': 'kent' } },
}

it('lists who signed up, who is named and who is waited for, each once', () => {
  // Casts: of both records the listing reads no more than this.
  const invitation = (key: string) =>
    ({ application_key: key, candidate_key: key }) as Partial<PulsifiInvitation> as PulsifiInvitation
  const candidate = (key: string, company_id: string) =>
    candidateRecord({
      candidate_key: key,
      applications: [{ application_key: key, company_id }] as never,
    })
  const listed = companiesOf(
    [
      signup('wayne', 'c-1', 'Wayne AB', 2),
      signup('default', 'c-1', 'Wayne', 1),
      signup('default', 'c-2', 'Luthor', 3),
    ],
    [
      { invitation: invitation('jobylon:default:k-1'), candidate: candidate('jobylon:default:k-1', 'c-2') },
      { invitation: invitation('jobylon:default:k-2'), candidate: candidate('jobylon:default:k-2', 'c-2') },
      { invitation: invitation('jobylon:default:k-3'), candidate: candidate('jobylon:default:k-3', 'c-9') },
    ],
    [connection],
  )
  const rows = listed.map(({ company, name, tenant_id, waiting }) => [company, name, tenant_id, waiting])
  expect(rows).toEqual([
    ['c-2', 'Luthor', null, 2],
    ['c-9', null, null, 1],
    ['c-1', 'Wayne AB', 'wayne', 0],
    ['c-3', null, 'kent', 0],
  ])
})
