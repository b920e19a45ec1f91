/** Calls to Pulsifi whose intent is committed, and what becomes of their answers. */
import type { PulsifiReference } from '../../../schemas/types.ts'
import {
  type ApiVerdict,
  classifyRepeatable,
  classifyReply,
  type RepeatableVerdict,
  type Retry503,
} from '../../platform/pulsifi/classify.ts'
import type { CandidateReply } from '../../platform/pulsifi/pulsifi-api.ts'
import { PULSIFI_TIMEOUTS } from '../../platform/pulsifi/pulsifi-client.ts'
import { answerName, type Effect, type Internal } from '../decide/effects.ts'
import type { Account, Accounts } from '../turns/account.ts'
import { signalOf } from '../turns/account-condition.ts'
import type { CallKind } from '../turns/circuit.ts'
import type { Turns } from '../turns/turns.ts'
import type { Answer } from './answer-outbox.ts'

type Invite = Effect & { readonly type: 'invite' }
type CreateJob = Effect & { readonly type: 'create-job' }
type Look = Effect & { readonly type: 'look' }
type Call = Invite | CreateJob | Look

export interface CallPorts {
  readonly accounts: Accounts
  readonly partition: number
  readonly retry503: Retry503
  /** False when the partition is no longer ours: the answer then goes to its inbox. */
  readonly submit: (input: Internal) => boolean
  readonly sendToInbox: (answer: Answer, partition: number) => void
  readonly findReference: (reference: string) => PulsifiReference | undefined
  readonly nowMs: () => number
}

/** Proof that nothing was sent: Pulsifi is left alone, or the call could outlive what others count as its end. */
interface NotSent {
  readonly type: 'retry'
  readonly reason: 'NOT_SENT'
  readonly httpStatus: null
  readonly retryAfterMs: number | null
}

/** The verdict on a call, made unless it is refused. Its turn is over then. */
async function verdictOf<Verdict extends ApiVerdict<unknown> | RepeatableVerdict<unknown>>(
  turns: Turns,
  kind: CallKind,
  isRefused: { readonly retryAfterMs: number | null } | null,
  ask: () => Promise<Verdict>,
): Promise<Verdict | NotSent> {
  if (isRefused !== null) {
    turns.done(kind, null)
    return { type: 'retry', reason: 'NOT_SENT', httpStatus: null, retryAfterMs: isRefused.retryAfterMs }
  }
  const verdict = await ask()
  turns.done(kind, signalOf(verdict))
  return verdict
}

/** Null: the call is made. */
function refusalOf(refusedForMs: number | null, deadlineAtMs: number, nowMs: number) {
  const isTooLate = nowMs > deadlineAtMs - PULSIFI_TIMEOUTS.totalMs
  return refusedForMs !== null || isTooLate ? { retryAfterMs: refusedForMs } : null
}

function afterLook(
  { applicationKey, trigger }: Look,
  verdict: RepeatableVerdict<CandidateReply>,
  askedAtMs: number,
): Internal {
  if (verdict.type === 'done')
    return { type: 'observation', applicationKey, reply: verdict.body, trigger, askedAtMs }
  if (verdict.type === 'retry') return { type: 'look-failed', applicationKey, trigger }
  return { type: 'plan-look', applicationKey }
}

export type Calls = ReturnType<typeof createCalls>

export function createCalls(ports: CallPorts) {
  const { accounts, partition, retry503, submit, sendToInbox, nowMs } = ports
  /** Handed in, and not yet committed: the partition can be lost in between. */
  const uncommitted = new Map<string, Answer>()

  async function invite(
    { client, turns }: Account,
    call: Invite,
    refusedForMs: number | null,
  ): Promise<void> {
    const { applicationKey, attempt } = call
    const refused = refusalOf(refusedForMs, call.deadlineAtMs, nowMs())
    const verdict = await verdictOf(turns, 'create', refused, async () =>
      classifyReply('createCandidate', await client.createCandidate(call.request), retry503),
    )
    answer(
      { type: 'invitation-answer', applicationKey, attempt, verdict },
      { kind: 'INVITATION_ANSWER', applicationKey, attempt, verdict },
    )
  }

  async function createJob(
    { client, turns }: Account,
    call: CreateJob,
    refusedForMs: number | null,
  ): Promise<void> {
    const { jobKey, attempt } = call
    const refused = refusalOf(refusedForMs, call.deadlineAtMs, nowMs())
    const verdict = await verdictOf(turns, 'create', refused, async () =>
      classifyReply('createJob', await client.createJob(call.request), retry503),
    )
    answer({ type: 'job-answer', jobKey, attempt, verdict }, { kind: 'JOB_ANSWER', jobKey, attempt, verdict })
  }

  async function look({ client, turns }: Account, call: Look, refusedForMs: number | null): Promise<void> {
    const refused = refusedForMs === null ? null : { retryAfterMs: refusedForMs }
    const askedAtMs = nowMs()
    const verdict = await verdictOf(turns, 'look', refused, async () =>
      classifyRepeatable('getCandidate', await client.getCandidate(call.candidateId)),
    )
    // The next owner looks again by itself, so nothing of a look is worth the inbox.
    submit(afterLook(call, verdict, askedAtMs))
  }

  function answer(input: Internal, message: Answer): void {
    const name = answerName(input)
    uncommitted.set(name, message)
    if (submit(input)) return
    uncommitted.delete(name)
    sendToInbox(message, partition)
  }

  const run = (account: Account, call: Call, refusedForMs: number | null): Promise<void> => {
    if (call.type === 'invite') return invite(account, call, refusedForMs)
    if (call.type === 'look') return look(account, call, refusedForMs)
    return createJob(account, call, refusedForMs)
  }

  return {
    /** Trouble on the network is an answer too. The turn is given back when the call ends. */
    start(call: Call): void {
      const account = accounts.get(call.tenant)
      if (account === undefined) throw new Error('a call was decided for a tenant that has no account')
      account.turns.begin(refusedForMs => void run(account, call, refusedForMs))
    },
    /** The decision about this answer is committed. */
    answered: (name: string): void => void uncommitted.delete(name),
    /** The partition is lost: what was not committed goes to the next owner, and coming twice harms nothing. */
    handOver(): void {
      for (const message of uncommitted.values()) sendToInbox(message, partition)
      uncommitted.clear()
    },
  }
}
