import { expect, it } from 'vitest'
import { DeniedError, namingRight } from '../../../../services/platform/kafka/denied.ts'
import { waitForCoordinator } from '../../../../services/platform/kafka/group-coordinator.ts'

const refusal = (type: string) => Object.assign(new Error('Not authorized'), { type, retriable: false })

it('names the right that is missing, also when another error stands before the refusal', () => {
  const denied = refusal('TRANSACTIONAL_ID_AUTHORIZATION_FAILED')
  for (const error of [denied, new Error('tried for long', { cause: denied })]) {
    const named = namingRight(error, 'Write on the transactional id "sink-0"', 'User:sink')
    expect(named).toBeInstanceOf(DeniedError)
    expect(String(named)).toMatch(
      /denies Write on the transactional id "sink-0" to User:sink.*infra\/acls.yaml.*acls print/,
    )
  }
})

it('leaves what is no refusal as it is', () => {
  for (const error of [refusal('NOT_COORDINATOR'), new Error('gone'), 'text'])
    expect(namingRight(error, 'Read', 'us')).toBe(error)
})

it('says at once which group may not be read, and does not wait for a coordinator', async () => {
  const fetchOffsets = async () => {
    throw refusal('GROUP_AUTHORIZATION_FAILED')
  }
  const pause = async () => expect.unreachable()
  await expect(
    waitForCoordinator({ fetchOffsets }, 'sink', [], { pause, principal: 'User:sink' }),
  ).rejects.toThrow('denies Read on the group "sink" to User:sink:')
})
