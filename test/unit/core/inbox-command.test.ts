import { describe, expect, it } from 'vitest'
import { commandRecord, type OperatorCommand } from '../../../services/core/inbox-command.ts'
import { fromInbox } from '../../../services/pulsifi-sink/decide/inbox.ts'

const applicationKey = 'jobylon:default:1'
const jobKey = 'jobylon:default:9'
const COMMANDS: readonly OperatorCommand[] = [
  { command: 'bind-job', jobKey, pulsifiJobId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', replaces: null },
  { command: 'decide-job-again', jobKey, attempt: 1 },
  { command: 'decide-again', applicationKey, attempt: 0 },
  { command: 'resolve', applicationKey, attempt: 2, pulsifiCandidateId: 'candidate' },
  { command: 'resolve', applicationKey, attempt: 2, pulsifiCandidateId: null },
]

describe('a command', () => {
  it.each(COMMANDS)('$command is read by the sink as it was meant', command => {
    expect(fromInbox(commandRecord(command, 5))).toEqual({
      type: 'ok',
      value: { kind: 'COMMAND', ...command },
    })
  })

  it('is keyed by its entity, and has the same id when it is made again', () => {
    const [bind, , again] = COMMANDS.map(command => commandRecord(command, 5))
    expect([bind?.entity_key, again?.entity_key]).toEqual([jobKey, applicationKey])
    expect(COMMANDS.map(command => commandRecord(command, 5).message_id)).toEqual(
      COMMANDS.map(command => commandRecord(command, 5).message_id),
    )
    expect(new Set(COMMANDS.map(command => commandRecord(command, 5).message_id)).size).toBe(COMMANDS.length)
  })
})
