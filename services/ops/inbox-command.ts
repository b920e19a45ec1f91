/** What an operator asks of the owner of a partition, as a record of the inbox. The owner answers on its next record. */
import type { PulsifiInboxMessage } from '../../schemas/types.ts'
import { derivedId } from '../core/identity.ts'

/** `attempt` is the one that the operator has seen: a command that comes twice speaks of an attempt that is over. */
export type OwnerCommand =
  | { readonly command: 'bind-job'; readonly jobKey: string; readonly pulsifiJobId: string }
  | { readonly command: 'decide-job-again'; readonly jobKey: string; readonly attempt: number }
  | { readonly command: 'decide-again'; readonly applicationKey: string; readonly attempt: number }
  | {
      readonly command: 'resolve'
      readonly applicationKey: string
      readonly attempt: number
      /** Null: Pulsifi has no candidate of this application. */
      readonly pulsifiCandidateId: string | null
    }

export function commandRecord(command: OwnerCommand, issuedAtMs: number): PulsifiInboxMessage {
  const body = JSON.stringify(command)
  return {
    message_id: derivedId('inbox', 'COMMAND', body, issuedAtMs),
    kind: 'COMMAND',
    entity_key: 'jobKey' in command ? command.jobKey : command.applicationKey,
    body,
    issued_at: issuedAtMs,
  }
}
