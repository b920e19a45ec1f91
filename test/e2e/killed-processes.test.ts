/** Promises 1 and 2 under kill -9: whatever was acknowledged ends, and nobody is invited twice. */
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { bodyOf } from '../../infra/demo/post-webhooks.ts'
import { STORY, type Step } from '../../infra/demo/story.ts'
import { entityKey } from '../../services/core/identity.ts'
import { eventually, restarted, type StackForTest, stackForTest } from './stack-for-test.ts'

const APPLICATIONS = 60
const PAUSE_MS = 200
/** A restarted owner of partitions waits 11 s for its old session; a call cut off is given up after 36 s. */
const END_DEADLINE_MS = 90_000

const candidate = JSON.parse(
  bodyOf(STORY.steps.find(({ file }) => file === 'jobylon-candidate.json') as Step),
)
const idOf = (index: number): string => `0b5e1c1a-6f1e-4c7e-9a55-${String(index).padStart(12, '0')}`
const bodyFor = (index: number): string =>
  JSON.stringify({
    ...candidate,
    data: {
      ...candidate.data,
      candidate: { ...candidate.data.candidate, id: idOf(index), email: `person.${index}@example.com` },
    },
  })

/** As the vendor does: again until it is answered 2xx. */
async function postUntilAccepted(test: StackForTest, index: number): Promise<void> {
  await eventually(`candidate ${index} is accepted`, 30_000, async () => {
    const headers = { authorization: `Bearer ${test.secret}` }
    const answer = await test.post(`jobylon/${test.tenant}`, bodyFor(index), headers).catch(() => null)
    return answer?.status === 200 ? answer : null
  })
}

it('every acknowledged application ends and none has two candidates, whichever process is killed', async () => {
  const test = await stackForTest({ RESULT_POLL_SECONDS: '2' })
  onTestFinished(test.stop)
  const posting = (async () => {
    for (let index = 0; index < APPLICATIONS; index++) {
      await postUntilAccepted(test, index)
      await delay(PAUSE_MS)
    }
  })()
  // One after the other, each while webhooks still come in.
  for (const name of ['pulsifi-sink', 'ingress', 'normalizer']) {
    await delay(1_500)
    await restarted(test.stack, name)
  }
  await posting

  const outcomes = () =>
    Array.from({ length: APPLICATIONS }, (_, index) =>
      test.sightings.outcome(entityKey('jobylon', test.tenant, idOf(index))),
    )
  await eventually('every application has ended', END_DEADLINE_MS, () =>
    outcomes().every(({ hasEnded }) => hasEnded) ? true : null,
  ).catch(() => {})
  const open = outcomes().filter(({ hasEnded }) => !hasEnded)
  expect(open).toEqual([])

  const { candidates_per_ext_reference_id, candidates } = await test.sandbox('/_sandbox/stats')
  expect(candidates_per_ext_reference_id).toEqual({})
  const completed = outcomes().filter(({ words }) => words.startsWith('invited, completed'))
  const unclear = outcomes().filter(({ words }) => words.startsWith('unclear'))
  expect(completed.length + unclear.length).toBe(APPLICATIONS)
  // Only calls that were on the wire when the sink was killed can be unclear.
  expect(unclear.length).toBeLessThanOrEqual(10)
  expect(candidates).toBeGreaterThanOrEqual(completed.length)
})
