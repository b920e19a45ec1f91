/** `ops companies`: who has signed up at a source that serves several companies through one endpoint, and whose they are. */
import type { Command } from 'commander'
import type { Candidate, Company, PulsifiInvitation } from '../../../schemas/types.ts'
import { companiesIn } from '../../core/companies.ts'
import { partsOfKey } from '../../core/identity.ts'
import { CANONICAL_CANDIDATE, CANONICAL_COMPANY, PULSIFI_INVITATION } from '../../core/topics.ts'
import { isoTime } from '../../platform/avro/spelling.ts'
import { type Connections, loadConnections } from '../../platform/connections/connections.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import type { Host } from '../cli/command-group.ts'
import { readTable, type Session } from '../cli/session.ts'
import { type Column, formatTime } from '../cli/table.ts'

export function companies(program: Command, { run }: Host): void {
  program
    .command('companies')
    .description('companies that came to us through one endpoint')
    .command('list')
    .description(
      'who has signed up, which tenant the connections give them, and how many people wait for one',
    )
    .action(() => run(list))
}

export interface ListedCompany {
  readonly source: string
  readonly company: string
  readonly name: string | null
  /** Null: the connections give it none. */
  readonly tenant_id: string | null
  readonly signed_up_at: string | null
  /** Applications that wait until it has one. */
  readonly waiting: number
}

const COLUMNS: readonly Column<ListedCompany>[] = [
  { title: 'source', value: ({ source }) => source },
  { title: 'company', value: ({ company }) => company },
  { title: 'name', value: ({ name }) => name },
  { title: 'tenant', value: ({ tenant_id }) => tenant_id },
  { title: 'signed up', value: ({ signed_up_at }) => signed_up_at && formatTime(Date.parse(signed_up_at)) },
  { title: 'waiting', value: ({ waiting }) => waiting },
]

async function list(session: Session): Promise<void> {
  const connections = loadConnections(await discoverSources(), session.env)
  const signedUp = await readTable(session, CANONICAL_COMPANY)
  const invitations = await readTable(session, PULSIFI_INVITATION)
  const waiting = [...invitations.values()].map(({ record }) => record).filter(waitsForCompany)
  const people = waiting.length === 0 ? new Map() : await readTable(session, CANONICAL_CANDIDATE)
  const found = companiesOf(
    [...signedUp.values()].map(({ record }) => record),
    waiting.map(invitation => ({ invitation, candidate: people.get(invitation.candidate_key)?.record })),
    connections.all,
  )
  session.out.list(found, COLUMNS, 'no company has signed up, and no connection names one')
}

const waitsForCompany = ({ outcome, reasons }: PulsifiInvitation): boolean =>
  outcome === 'WAITING' && reasons.includes('COMPANY_UNKNOWN')

interface Waiting {
  readonly invitation: PulsifiInvitation
  readonly candidate: Candidate | undefined
}

/** Who signed up, who is named by a connection and who is waited for, each once; those without a tenant first. Pure. */
export function companiesOf(
  signedUp: readonly Company[],
  waiting: readonly Waiting[],
  connections: Connections['all'],
): readonly ListedCompany[] {
  const found = new Map<string, ListedCompany>()
  const add = (source: string, company: string, more: Partial<ListedCompany>) => {
    const key = `${source} ${company}`
    const known = found.get(key) ?? {
      source,
      company,
      name: null,
      tenant_id: null,
      signed_up_at: null,
      waiting: 0,
    }
    found.set(key, { ...known, ...more })
    return known
  }
  for (const { source, settings } of connections)
    for (const [company, tenant] of Object.entries(companiesIn(settings) ?? {}))
      add(source, company, { tenant_id: tenant })
  // Once without a tenant and once with it: the later one counts.
  for (const { company_key, external_id, name, signed_up_at } of [...signedUp].sort(byReceipt))
    add(partsOfKey(company_key).source, external_id, { name, signed_up_at: isoTime(signed_up_at) })
  for (const { invitation, candidate } of waiting) {
    const application = candidate?.applications.find(
      ({ application_key }) => application_key === invitation.application_key,
    )
    const { source } = partsOfKey(invitation.candidate_key)
    const company = application?.company_id ?? 'unknown'
    add(source, company, { waiting: add(source, company, {}).waiting + 1 })
  }
  return [...found.values()].sort(
    (a, b) => Number(a.tenant_id !== null) - Number(b.tenant_id !== null) || b.waiting - a.waiting,
  )
}

const byReceipt = (a: Company, b: Company): number => a.provenance.received_at - b.provenance.received_at
