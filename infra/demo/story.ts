/** What the demo plays, as data: who sends which webhook in which order, and which applications come of it. */
import { compositeApplicationKey, entityKey } from '../../services/core/identity.ts'

export type StorySource = 'humansourcing' | 'idibu' | 'cleverconnect' | 'jobylon'

export interface Step {
  /** For a person, while it happens. */
  readonly says: string
  readonly source: StorySource
  /** In `webhooks/`. */
  readonly file: string
  /** What makes a redelivery differ from the file. */
  readonly replace?: readonly [from: string, to: string]
  readonly headers?: Readonly<Record<string, string>>
}

export interface StoryApplication {
  readonly source: StorySource
  readonly applicant: string
  readonly job: string
  /** Id of the candidate at the source. */
  readonly candidateId: string
  /** Id of the job, where candidate and job together are the application; null where the candidate's id is. */
  readonly jobId: string | null
}

export interface Story {
  /** Nothing applied for before it is invited. */
  readonly inviteSince: string
  /** Of the sources' connections, by the names that a CONNECTIONS_FILE uses. */
  readonly settings: Readonly<Partial<Record<StorySource, Readonly<Record<string, string>>>>>
  readonly steps: readonly Step[]
  readonly applications: readonly StoryApplication[]
}

const IDIBU_HEADERS = { 'user-agent': 'Idibu-Hookshot', 'x-idibu-event': 'candidate.create' }

const steps: readonly Step[] = [
  {
    says: 'Human Sourcing: a retailer publishes a job, a pool for spontaneous applications and a job in one sentence',
    source: 'humansourcing',
    file: 'humansourcing-jobs.json',
  },
  {
    says: 'Human Sourcing: six people apply, all in one delivery',
    source: 'humansourcing',
    file: 'humansourcing-candidates.json',
  },
  {
    says: 'Human Sourcing: one of them asks to be deleted',
    source: 'humansourcing',
    file: 'humansourcing-delete.json',
  },
  {
    says: 'idibu: an agency sends a candidate before the vacancy',
    source: 'idibu',
    file: 'idibu-candidate-early.json',
    headers: { ...IDIBU_HEADERS, 'x-idibu-delivery': '5d0f0a52-6f4e-4f3e-9c55-000000000001' },
  },
  {
    says: 'idibu: the vacancy follows',
    source: 'idibu',
    file: 'idibu-vacancy.json',
    headers: {
      'user-agent': 'IdibuV3-Hookshot',
      'x-idibuv3-event': 'create.vacancy',
      'x-idibuv3-delivery': '5d0f0a52-6f4e-4f3e-9c55-000000000002',
    },
  },
  {
    says: 'idibu: a second candidate',
    source: 'idibu',
    file: 'idibu-candidate.json',
    headers: { ...IDIBU_HEADERS, 'x-idibu-delivery': '5d0f0a52-6f4e-4f3e-9c55-000000000003' },
  },
  {
    says: 'idibu: a third one, who has unsubscribed',
    source: 'idibu',
    file: 'idibu-candidate-unsubscribed.json',
    headers: { ...IDIBU_HEADERS, 'x-idibu-delivery': '5d0f0a52-6f4e-4f3e-9c55-000000000004' },
  },
  {
    says: 'idibu: a body that breaks off, which is answered 200 and kept for a person to look at',
    source: 'idibu',
    file: 'idibu-broken.txt',
    headers: { ...IDIBU_HEADERS, 'x-idibu-delivery': '5d0f0a52-6f4e-4f3e-9c55-000000000005' },
  },
  {
    says: "CleverConnect: an application with a PDF, for the retailer's job on Human Sourcing",
    source: 'cleverconnect',
    file: 'cleverconnect-application.json',
  },
  { says: 'Jobylon: a Swedish company publishes a job', source: 'jobylon', file: 'jobylon-job.json' },
  { says: 'Jobylon: it sends a candidate', source: 'jobylon', file: 'jobylon-candidate.json' },
  {
    says: 'Jobylon: the same webhook again, its links signed anew',
    source: 'jobylon',
    file: 'jobylon-candidate.json',
    replace: ['Signature=first&Expires=1773741192', 'Signature=second&Expires=1773744792'],
  },
  {
    says: 'Jobylon: it sends a candidate whom it has rejected',
    source: 'jobylon',
    file: 'jobylon-candidate-rejected.json',
  },
]

const applied = (
  source: StorySource,
  applicant: string,
  job: string,
  candidateId: string,
  jobId: string | null,
): StoryApplication => ({ source, applicant, job, candidateId, jobId })

export const STORY: Story = {
  inviteSince: '2026-01-01',
  settings: { cleverconnect: { job_source: 'humansourcing' }, jobylon: { invite_groups: '0,1' } },
  steps,
  applications: [
    applied('humansourcing', 'Alice Exemple', 'Responsable de magasin', '7024', '5001'),
    applied('humansourcing', 'Bruno Essai', 'Candidatures spontanées', '7002', '5002'),
    applied('humansourcing', 'Chloé Modèle', 'Vendeur', '7003', '5003'),
    applied('humansourcing', 'David Témoin', 'Responsable de magasin', '7004', '5001'),
    applied('humansourcing', 'Emma Archive', 'Responsable de magasin', '7005', '5001'),
    applied('humansourcing', 'Félix Fictif', 'Chef de rayon', '7006', '5004'),
    applied('idibu', 'Fiona Sample', 'Recruitment Consultant', '8014', '6001'),
    applied('idibu', 'Gareth Placeholder', 'Recruitment Consultant', '8027', '6001'),
    applied('idibu', 'Hannah Specimen', 'Recruitment Consultant', '8003', '6001'),
    applied('cleverconnect', 'Inès Prototype', 'Responsable de magasin', '9013', null),
    applied(
      'jobylon',
      'Johan Exempelsson',
      'Backendutvecklare',
      '0b5e1c1a-6f1e-4c7e-9a55-00000000c004',
      null,
    ),
    applied('jobylon', 'Kajsa Provsson', 'Backendutvecklare', '0b5e1c1a-6f1e-4c7e-9a55-00000000c002', null),
  ],
}

/** `application_key` of the canonical record. */
export function applicationKey(tenant: string, { source, candidateId, jobId }: StoryApplication): string {
  const candidateKey = entityKey(source, tenant, candidateId)
  return jobId === null ? candidateKey : compositeApplicationKey(candidateKey, jobId)
}
