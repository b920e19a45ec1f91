/** Pulsifi's callbacks never arrive: results come all the same. */
import { expect, it, onTestFinished } from 'vitest'
import { bodyOf } from '../../infra/demo/post-webhooks.ts'
import { applicationKey, STORY, type Step } from '../../infra/demo/story.ts'
import { eventually, registerCallback, stackForTest } from './stack-for-test.ts'

it('results are found by polling when every callback is lost', async () => {
  const test = await stackForTest({ RESULT_POLL_SECONDS: '1,2' })
  onTestFinished(test.stop)
  await registerCallback(test)
  await test.sandbox('/_sandbox/faults', { operation: 'callbacks.deliver', action: 'drop' })
  const step = STORY.steps.find(({ file }) => file === 'jobylon-candidate.json') as Step
  await test.post(`jobylon/${test.tenant}`, bodyOf(step), { authorization: `Bearer ${test.secret}` })

  const application = STORY.applications.find(({ applicant }) => applicant === 'Johan Exempelsson')
  if (application === undefined) throw new Error('the story has another candidate')
  const key = applicationKey(test.tenant, application)
  const words = await eventually('a result', 40_000, () => {
    const { hasEnded, words: said } = test.sightings.outcome(key)
    return hasEnded ? said : null
  })
  expect(words).toMatch(/^invited, completed: role fit \d+/)
  expect(test.sightings.result(key)?.trigger).toBe('POLL')
  const [fault] = await test.sandbox('/_sandbox/faults')
  expect(fault.struck).toBeGreaterThan(0)
})
