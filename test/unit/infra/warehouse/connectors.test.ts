import { describe, expect, it } from 'vitest'
import { causeOf, verdictOf } from '../../../../infra/warehouse/connectors.ts'

const RUNNING = { state: 'RUNNING' }
const trace = [
  'org.apache.kafka.connect.errors.ConnectException: Exiting WorkerSinkTask',
  '\tat org.apache.kafka.connect.runtime.WorkerSinkTask.deliverMessages(WorkerSinkTask.java:1)',
  'Caused by: java.lang.RuntimeException: outer',
  '\tat some.Place',
  'Caused by: java.net.ConnectException: Connection refused',
  '\tat some.OtherPlace',
].join('\n')

describe('a connector', () => {
  it.each([
    ['has no task yet', { connector: RUNNING, tasks: [] }, 'starting'],
    [
      'has a task that is not there yet',
      { connector: RUNNING, tasks: [{ state: 'UNASSIGNED' }] },
      'starting',
    ],
    ['runs with all its tasks', { connector: RUNNING, tasks: [RUNNING, RUNNING] }, 'running'],
    ['lost one of its tasks', { connector: RUNNING, tasks: [RUNNING, { state: 'FAILED', trace }] }, 'failed'],
    ['failed itself', { connector: { state: 'FAILED', trace }, tasks: [] }, 'failed'],
  ])('that %s is told apart', (_, status, state) => {
    expect(verdictOf(status).state).toBe(state)
  })
})

describe('the cause of a failure', () => {
  it('is the innermost one, in one line', () => {
    expect(causeOf(trace)).toBe('java.net.ConnectException: Connection refused')
  })

  it('is the failure itself when nothing caused it', () => {
    expect(causeOf('java.lang.Error: alone\n\tat some.Place')).toBe('java.lang.Error: alone')
  })

  it('is short, however long the message is', () => {
    expect(causeOf(`java.lang.Error: ${'x'.repeat(5_000)}`).length).toBeLessThanOrEqual(300)
  })
})
