/** A Pulsifi in memory: it keeps what it was told to create, and answers as badly as a test says. */
import type { Exchange } from '../../services/platform/pulsifi/http-failure.ts'
import type { PulsifiClient } from '../../services/platform/pulsifi/pulsifi-client.ts'

/** What becomes of the next call that creates something. */
export const FATES = [
  'ok',
  'slow',
  'reply lost',
  'lost before it came',
  'created, then 500',
  'not connected',
  '429',
  '503',
  'created, then 503',
  '400',
  'job closed',
] as const
export type Fate = (typeof FATES)[number]

interface KnownCandidate {
  readonly id: string
  /** Whose account it is in. */
  readonly account: string
  readonly reference: string
  readonly jobId: string
  /** Id of the canonical candidate, and of the person. */
  readonly of: string
  readonly person: string
  readonly createdAtMs: number
  finished: boolean
}

type InvitationRequest = Readonly<Record<'ext_reference_id' | 'job_id' | 'email' | 'first_name', string>>

const CREATES: ReadonlySet<Fate> = new Set(['ok', 'reply lost', 'created, then 500', 'created, then 503'])
const LOSES: ReadonlySet<Fate> = new Set([
  'reply lost',
  'lost before it came',
  'created, then 500',
  'created, then 503',
])
const EXPIRES_AFTER_MS = 2 * 86_400_000

export class FakePulsifi {
  readonly candidates: KnownCandidate[] = []
  readonly jobs: { readonly id: string; readonly account: string; readonly externalId: string }[] = []
  readonly fates: Fate[] = []
  /** References of calls whose answer nobody will see. */
  readonly lost = new Set<string>()
  inFlight = 0
  readonly #accounts = new Map<string, string>()

  candidatesOf = (reference: string, candidateKey: string) =>
    this.candidates.filter(known => known.reference === reference && candidateKey.endsWith(`:${known.of}`))

  /** The candidate takes the assessment, if it is not too late. */
  finish(known: KnownCandidate): void {
    known.finished ||= !isExpired(known)
  }

  /** The tenant's credentials are those of another account from now on: it knows nothing of what the last one has. */
  changeAccount(tenant: string): void {
    this.#accounts.set(tenant, `${this.accountOf(tenant)}'`)
  }
  get hasChangedAccounts(): boolean {
    return this.#accounts.size > 0
  }
  accountOf = (tenant: string): string => this.#accounts.get(tenant) ?? tenant

  /** @param isAlive of the process that calls: a dead one hears no answer */
  client(tenant: string, isAlive: () => boolean): PulsifiClient {
    const account = () => this.accountOf(tenant)
    const later = (exchange: Exchange | (() => object), ms: number) => this.#later(exchange, ms, isAlive)
    const client = {
      createCandidate: (request: InvitationRequest) => later(...this.#invite(account(), request)),
      createJob: (request: { external_id: string }) =>
        later(...this.#create(request.external_id, () => this.#addJob(account(), request.external_id))),
      getCandidate: (id: string) =>
        later(
          this.#show(account(), known => known.id === id),
          10,
        ),
      getCandidateByInvitation: (code: string) =>
        later(
          this.#show(account(), known => `code-${known.id}` === code),
          10,
        ),
    }
    // Cast: the sink asks nothing else of it while it decides.
    return client as unknown as PulsifiClient
  }

  #invite(account: string, request: InvitationRequest): [Exchange | (() => object), number] {
    const job = this.jobs.find(({ id }) => id === request.job_id)
    if (job !== undefined && job.account !== account) return [answered(400, { code: 'JOB_NOT_FOUND' }), 20]
    return this.#create(request.ext_reference_id, () => this.#addCandidate(account, request))
  }

  #create(reference: string, add: () => object): [Exchange | (() => object), number] {
    const fate = this.fates.shift() ?? 'ok'
    if (LOSES.has(fate)) this.lost.add(reference)
    if (fate === 'slow') return [add, 25_000]
    const body = CREATES.has(fate) ? add() : {}
    switch (fate) {
      case 'ok':
        return [answered(200, body), 2_000]
      case 'reply lost':
      case 'lost before it came':
        return [{ type: 'failed', sent: true, code: 'UND_ERR_SOCKET' }, 5_000]
      case 'not connected':
        return [{ type: 'failed', sent: false, code: 'ECONNREFUSED' }, 5]
      case 'created, then 500':
        return [answered(500, {}), 20]
      case 'created, then 503':
        return [answered(503, {}), 20]
      case '503':
        return [answered(503, {}, '1'), 20]
      case 'job closed':
        return [answered(400, { code: 'NOT_ACTIVE_JOB' }), 20]
      default:
        return [answered(Number(fate), {}), 20]
    }
  }

  #addCandidate(account: string, request: InvitationRequest): object {
    const { ext_reference_id: reference, job_id: jobId, email, first_name: person } = request
    const id = `candidate-${this.candidates.length + 1}`
    const who = { of: email.replace('.', ':').split('@')[0] ?? '', person }
    const known = { id, account, reference, jobId, ...who, createdAtMs: Date.now(), finished: false }
    this.candidates.push(known)
    return bodyOf(known)
  }

  #addJob(account: string, externalId: string): object {
    const id = `00000000-0000-4000-8000-${String(this.jobs.length + 1).padStart(12, '0')}`
    this.jobs.push({ id, account, externalId })
    return { id, status: 'active', external_id: externalId }
  }

  #show(account: string, isMeant: (known: KnownCandidate) => boolean): Exchange {
    const known = this.candidates.find(each => each.account === account && isMeant(each))
    return known === undefined ? answered(404, {}) : answered(200, bodyOf(known))
  }

  /** @param result the answer, or what is created when the time has come */
  #later(result: Exchange | (() => object), ms: number, isAlive: () => boolean): Promise<Exchange> {
    this.inFlight++
    return new Promise(resolve => {
      setTimeout(() => {
        this.inFlight--
        const exchange = typeof result === 'function' ? answered(200, result()) : result
        if (isAlive()) resolve(exchange)
      }, ms)
    })
  }
}

const isExpired = ({ createdAtMs }: Pick<KnownCandidate, 'createdAtMs'>): boolean =>
  Date.now() > createdAtMs + EXPIRES_AFTER_MS

const bodyOf = ({ id, reference, jobId, createdAtMs, finished }: KnownCandidate): object => ({
  candidate_id: id,
  ext_reference_id: reference,
  job_id: jobId,
  status: finished ? 'completed' : isExpired({ createdAtMs }) ? 'expired' : 'invited',
  invitation_link: `https://candidate.pulsifi.me/invites/code-${id}`,
  invitation_expired_at: new Date(createdAtMs + EXPIRES_AFTER_MS).toISOString(),
  created_at: new Date(createdAtMs).toISOString(),
  scores: finished ? [{ score_type: 'role_fit', score_value: 80, score_format: 100 }] : null,
})

const answered = (status: number, body: object, retryAfter: string | null = null): Exchange => ({
  type: 'answered',
  status,
  retryAfter,
  answeredAtMs: Date.now(),
  text: JSON.stringify(body),
  isComplete: true,
})
