/** Calls to Pulsifi whose intent is committed, and what becomes of their answers. */
import type { PulsifiReference } from '../../schemas/types.ts'
import { type ApiVerdict, classifyRepeatable, classifyReply } from '../platform/pulsifi/classify.ts'
import { PULSIFI_TIMEOUTS } from '../platform/pulsifi/pulsifi-client.ts'
import type { Account, Accounts } from './account.ts'
import { answerName, type Effect, type Internal } from './effects.ts'
import type { InboxMessage } from './inbox.ts'

type Call = Extract<Effect, { type: 'invite' | 'create-job' | 'look' }>

export interface CallPorts {
  readonly accounts: Accounts
  readonly partition: number
  /** False when the partition is no longer ours: the answer then goes to its inbox. */
  readonly submit: (input: Internal) => boolean
  readonly sendToInbox: (message: InboxMessage, partition: number) => void
  readonly findReference: (reference: string) => PulsifiReference | undefined
  readonly nowMs: () => number
}

/** Proof that nothing was sent: it is too late to start a call that others count as ended. */
const notSent = { type: 'retry', reason: 'NOT_SENT', httpStatus: null, retryAfterMs: null } as const

export type Calls = ReturnType<typeof createCalls>

export function createCalls({ accounts, partition, submit, sendToInbox, nowMs }: CallPorts) {
  /** Handed in, and not yet committed: the partition can be lost in between. */
  const uncommitted = new Map<string, InboxMessage>()
  const isTooLate = (deadlineAtMs: number) => nowMs() > deadlineAtMs - PULSIFI_TIMEOUTS.totalMs

  async function invite({ client }: Account, call: Effect & { type: 'invite' }): Promise<void> {
    const { applicationKey, attempt } = call
    const verdict = isTooLate(call.deadlineAtMs)
      ? notSent
      : classifyReply('createCandidate', await client.createCandidate(call.request))
    answer(
      { type: 'invitation-answer', applicationKey, attempt, verdict },
      { kind: 'INVITATION_ANSWER', applicationKey, attempt, verdict },
    )
  }

  async function createJob({ client }: Account, call: Effect & { type: 'create-job' }): Promise<void> {
    const { jobKey, attempt } = call
    const verdict: ApiVerdict<{ id: string; status: string | null; external_id: string | null }> = isTooLate(
      call.deadlineAtMs,
    )
      ? notSent
      : classifyReply('createJob', await client.createJob(call.request))
    answer({ type: 'job-answer', jobKey, attempt, verdict }, { kind: 'JOB_ANSWER', jobKey, attempt, verdict })
  }

  async function look(
    { client }: Account,
    { applicationKey, candidateId, trigger }: Effect & { type: 'look' },
  ): Promise<void> {
    const verdict = classifyRepeatable('getCandidate', await client.getCandidate(candidateId))
    // The next owner looks again by itself, so nothing of a look is worth the inbox.
    if (verdict.type === 'done') submit({ type: 'observation', applicationKey, reply: verdict.body, trigger })
    else if (verdict.type === 'retry') submit({ type: 'look-failed', applicationKey, trigger })
    else submit({ type: 'plan-look', applicationKey })
  }

  function answer(input: Internal, message: InboxMessage): void {
    const name = answerName(input)
    uncommitted.set(name, message)
    if (submit(input)) return
    uncommitted.delete(name)
    sendToInbox(message, partition)
  }

  const run = (account: Account, call: Call): Promise<void> => {
    switch (call.type) {
      case 'invite':
        return invite(account, call)
      case 'create-job':
        return createJob(account, call)
      case 'look':
        return look(account, call)
    }
  }

  return {
    /** Never rejects for trouble on the network: that is an answer too. The turn is given back when it ends. */
    start(call: Call): void {
      const account = accounts.get(call.tenant)
      if (account === undefined) throw new Error('a call was decided for a tenant that has no account')
      void run(account, call).finally(() => account.turns.done())
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
