import { describe, expect, it } from 'vitest'
import { isPassing, LastingConsumer } from '../../../../services/platform/kafka/lasting-consumer.ts'

function fakeConsumer() {
  const calls: string[] = []
  const crashes: unknown[] = []
  let onCrash: (event: { payload: { error: Error; restart: boolean } }) => void = () => {}
  const consumer = {
    events: { CRASH: 'consumer.crash' },
    on: (_name: string, listener: typeof onCrash) => {
      onCrash = listener
    },
    run: async () => void calls.push('run'),
    stop: async () => void calls.push('stop'),
  }
  const paused = Promise.withResolvers<void>()
  const lasting = new LastingConsumer({
    // Cast: nothing else of it is used.
    consumer: consumer as never,
    config: {},
    crash: error => void crashes.push(error),
    pause: () => paused.promise,
  })
  const fails = (error: Error, restart: boolean) => onCrash({ payload: { error, restart } })
  return { lasting, calls, crashes, fails, goOn: paused.resolve }
}

const named = (name: string) => Object.assign(new Error(name), { name })
const settled = () => new Promise(resolve => setImmediate(resolve))

describe('a consumer that kafkajs gave up', () => {
  it('is left to kafkajs when it starts it again', async () => {
    const { lasting, calls, crashes, fails } = fakeConsumer()
    await lasting.run()
    fails(new Error('the coordinator is loading'), true)
    await settled()
    expect({ calls, crashes }).toEqual({ calls: ['run'], crashes: [] })
  })

  it('runs again, once, when what kafkajs takes for a bug passes', async () => {
    const { lasting, calls, crashes, fails, goOn } = fakeConsumer()
    await lasting.run()
    fails(named('KafkaJSLockTimeout'), false)
    fails(named('KafkaJSLockTimeout'), false)
    goOn()
    await settled()
    expect({ calls, crashes }).toEqual({ calls: ['run', 'run'], crashes: [] })
  })

  it('runs again when a right that was taken may have been given back', async () => {
    const { lasting, calls, crashes, fails, goOn } = fakeConsumer()
    await lasting.run()
    fails(Object.assign(new Error(), { type: 'TOPIC_AUTHORIZATION_FAILED' }), false)
    goOn()
    await settled()
    expect({ calls, crashes }).toEqual({ calls: ['run', 'run'], crashes: [] })
  })

  it('ends the process when no new start mends it', async () => {
    const { lasting, calls, crashes, fails } = fakeConsumer()
    await lasting.run()
    const bug = new TypeError('a bug')
    fails(bug, false)
    expect({ calls, crashes }).toEqual({ calls: ['run'], crashes: [bug] })
  })

  it('stays away once it was ended', async () => {
    const { lasting, calls, fails, goOn } = fakeConsumer()
    await lasting.run()
    fails(named('KafkaJSLockTimeout'), false)
    lasting.end()
    goOn()
    await settled()
    expect(calls).toEqual(['run'])
  })
})

it('leaves the group before it joins again', async () => {
  const { lasting, calls } = fakeConsumer()
  await lasting.run()
  await lasting.joinAgain()
  expect(calls).toEqual(['run', 'stop', 'run'])
})

it.each([
  [Object.assign(new Error(), { retriable: true }), true],
  [named('KafkaJSNumberOfRetriesExceeded'), true],
  [new Error('given up', { cause: Object.assign(new Error(), { retriable: true }) }), true],
  [Object.assign(new Error(), { retriable: false }), false],
  [new TypeError('a bug'), false],
  ['text', false],
])('%o passes: %s', (error, passes) => {
  expect(isPassing(error)).toBe(passes)
})
