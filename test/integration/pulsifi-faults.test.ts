/**
 * What the sink makes of each fault that the sandbox knows, with one instance and with two. Each fault has a tenant, and
 * so a Pulsifi, of its own; all of them happen at the same time. A fault strikes one application among others: when it
 * does, ten are on the wire and some are about to be.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type FaultInput, faultRule } from '../../infra/pulsifi-sandbox/faults.ts'
import { PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX, pulsifiId } from '../../services/core/identity.ts'
import { type SinkStack, startSinkStack, until } from '../support/sink-stack.ts'

interface Row {
  readonly fault: FaultInput | null
  /** What the last record of the application says. */
  readonly outcome: 'INVITED' | 'BLOCKED' | 'AMBIGUOUS'
  readonly reason?: string
  readonly attempt?: number
  /** What Pulsifi has of it in the end, and how often it was asked to create it. */
  readonly candidates: number
  readonly creations: number
  readonly jobs?: number
  readonly result?: 'WEBHOOK' | 'POLL'
  /** Whoever is not decided yet when it strikes is not invited either. */
  readonly closesJob?: true
}

const STRUCK = '7'
const BEFORE = ['1', '2', '3', '4', '5', '6', '8', '9', '10', '11']
const AFTER = ['12', '13', '14']
/** The account is known to work when the others come. */
const FIRST = '0'
const OTHERS = [FIRST, ...BEFORE, ...AFTER]
const ON_THE_WIRE_MS = 400

const candidate = { operation: 'candidates.create', nth: 1 } as const
const job = { operation: 'jobs.create', nth: 1 } as const
const callback = { operation: 'callbacks.deliver' } as const
const invited = { outcome: 'INVITED', candidates: 1, creations: 1 } as const
const again = { ...invited, attempt: 2, creations: 2 } as const
const unknown = (reason: string, candidates: number) =>
  ({ outcome: 'AMBIGUOUS', reason, candidates, creations: 1 }) as const

const ROWS: Readonly<Record<string, Row>> = {
  'no fault': { fault: null, ...invited, result: 'WEBHOOK' },
  'a slow answer': { fault: { ...candidate, action: 'latency', ms: 1_500 }, ...invited },
  '429 with Retry-After': { fault: { ...candidate, action: 'status', status: 429, retryAfter: 3 }, ...again },
  '503 with Retry-After': { fault: { ...candidate, action: 'status', status: 503, retryAfter: 1 }, ...again },
  503: { fault: { ...candidate, action: 'status', status: 503 }, ...unknown('HTTP_503', 0) },
  'a page of a gateway': {
    fault: { ...candidate, action: 'status', status: 403, body: '<html><title>403 Forbidden</title></html>' },
    ...again,
  },
  '503 after the candidate': {
    fault: { ...candidate, action: 'error-after-write', status: 503 },
    ...unknown('HTTP_503', 1),
  },
  '401 although the token is good': {
    fault: { ...candidate, action: 'status', status: 401 },
    ...invited,
    creations: 2,
  },
  400: {
    fault: { ...candidate, action: 'status', status: 400 },
    ...{ outcome: 'BLOCKED', reason: 'HTTP_400', candidates: 0, creations: 1 },
  },
  'a job that is closed': {
    fault: { ...candidate, action: 'status', status: 400, body: { error: { code: 'JOB_IS_CLOSED' } } },
    ...{ outcome: 'BLOCKED', reason: 'JOB_BLOCKED:JOB_IS_CLOSED', candidates: 0, creations: 1 },
    closesJob: true,
  },
  '500 before the candidate': {
    fault: { ...candidate, action: 'error-before-write' },
    ...unknown('HTTP_500', 0),
  },
  '500 after the candidate': {
    fault: { ...candidate, action: 'error-after-write' },
    ...unknown('HTTP_500', 1),
  },
  'a reset before the candidate': {
    fault: { ...candidate, action: 'reset-before-write' },
    ...unknown('ECONNRESET', 0),
  },
  'a reset after the candidate': {
    fault: { ...candidate, action: 'reset-after-write' },
    ...unknown('ECONNRESET', 1),
  },
  'no answer, and no candidate': {
    fault: { ...candidate, action: 'hang' },
    ...unknown('UND_ERR_HEADERS_TIMEOUT', 0),
  },
  'no answer, and a candidate': {
    fault: { ...candidate, action: 'hang-after-write' },
    ...unknown('UND_ERR_HEADERS_TIMEOUT', 1),
  },
  '503 for the job': { fault: { ...job, action: 'status', status: 503 }, ...invited, jobs: 1 },
  '500 before the job': { fault: { ...job, action: 'error-before-write' }, ...invited, jobs: 1 },
  '500 after the job': { fault: { ...job, action: 'error-after-write' }, ...invited, jobs: 2 },
  'a reset before the job': { fault: { ...job, action: 'reset-before-write' }, ...invited, jobs: 1 },
  'a reset after the job': { fault: { ...job, action: 'reset-after-write' }, ...invited, jobs: 2 },
  'no answer, and no job': { fault: { ...job, action: 'hang' }, ...invited, jobs: 1 },
  'no answer, and a job': { fault: { ...job, action: 'hang-after-write' }, ...invited, jobs: 2 },
  'no token at first': {
    fault: { operation: 'token.create', nth: 1, action: 'status', status: 503 },
    ...invited,
    jobs: 1,
  },
  'a lost callback': { fault: { ...callback, action: 'drop' }, ...invited, result: 'POLL' },
  'a late callback': { fault: { ...callback, action: 'delay', ms: 2_000 }, ...invited, result: 'WEBHOOK' },
  'three callbacks for one': {
    fault: { ...callback, action: 'duplicate', times: 3 },
    ...invited,
    result: 'WEBHOOK',
  },
  'a callback of the second version': {
    fault: { ...callback, action: 'body', shape: 'v2' },
    ...invited,
    result: 'WEBHOOK',
  },
  'an empty callback': { fault: { ...callback, action: 'body', shape: 'empty' }, ...invited, result: 'POLL' },
  'a callback without identifiers': {
    fault: { ...callback, action: 'body', shape: 'unknown' },
    ...{ ...invited, result: 'POLL' },
  },
}

describe.each([1, 2])('with %i instances', instances => {
  const run = `${instances}-${Date.now().toString(36)}`
  const tenantOf = (name: string) => `t${Object.keys(ROWS).indexOf(name)}-${run}`
  const keyOf = (name: string, id = STRUCK) => `jobylon:${tenantOf(name)}:${id}`
  const referenceOf = (name: string, id: string) =>
    pulsifiId('jobylon', tenantOf(name), id, PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX)
  let stack: SinkStack

  beforeAll(async () => {
    stack = await startSinkStack({
      ...{ brokers: inject('kafkaBrokers'), registryUrl: inject('registryUrl'), instances },
      tenants: Object.fromEntries(
        Object.entries(ROWS).map(([name, { result }]) => [
          tenantOf(name),
          { finishSeconds: result === undefined ? 0 : 1 },
        ]),
      ),
      // Looks by plan come after all else.
      env: {
        RESULT_POLL_SECONDS: '30,3600',
        JOB_WAIT_SECONDS: '1',
        PULSIFI_RATE_PER_SECOND: '50',
        RESULT_POLL_PER_HOUR: '36000',
      },
    })
    await Promise.all(Object.entries(ROWS).map(([name, row]) => begin(name, row)))
  }, 180_000)
  afterAll(() => stack.stop())

  async function begin(name: string, { fault, result }: Row): Promise<void> {
    const tenant = tenantOf(name)
    if (result !== undefined) await stack.callBack(tenant)
    const { faults } = stack.sandboxOf(tenant)
    if (fault !== null) {
      const isOfCandidate = fault.operation === candidate.operation
      faults.add([
        faultRule.parse(isOfCandidate ? { ...fault, reference: referenceOf(name, STRUCK) } : fault),
      ])
    }
    for (const id of [...BEFORE, ...AFTER]) faults.add([held(referenceOf(name, id))])
    await stack.offerJob(tenant)
    await stack.apply(tenant, [FIRST])
    await until(`${name}: the first is invited`, 120_000, () => last(name, FIRST)?.outcome === 'INVITED')
    await stack.apply(tenant, [...BEFORE, STRUCK, ...AFTER])
  }

  const held = (reference: string) =>
    faultRule.parse({ ...candidate, action: 'latency', ms: ON_THE_WIRE_MS, reference })

  const last = (name: string, id = STRUCK) => stack.invitations.get(keyOf(name, id))?.at(-1)

  it.each(Object.entries(ROWS))(
    '%s',
    async (name, row) => {
      const { state, calls } = stack.sandboxOf(tenantOf(name))
      await until(`${name}: ${row.outcome}`, 60_000, () => {
        const { outcome, reasons = [] } = last(name) ?? {}
        return outcome === row.outcome && (row.reason === undefined || reasons.includes(row.reason))
      })
      if (row.result !== undefined) {
        await until(`${name}: a result`, 60_000, () => stack.results.has(keyOf(name)))
        expect(stack.results.get(keyOf(name))?.map(({ trigger }) => trigger)).toEqual([row.result])
      }
      expect(last(name)).toMatchObject({ outcome: row.outcome, ...(row.attempt && { attempt: row.attempt }) })
      const made = (operation: string) => calls.list().filter(call => call.operation === operation).length
      const others = (outcome: Row['outcome'], reason?: string) =>
        OTHERS.map(id => last(name, id)).filter(
          record => record?.outcome === outcome && (reason === undefined || record.reasons?.includes(reason)),
        ).length
      const sent = () => others('INVITED')
      const shut = () => (row.closesJob ? others('BLOCKED', row.reason) : 0)
      await until(
        `${name}: the others are invited`,
        60_000,
        () => sent() > 0 && sent() + shut() === OTHERS.length,
      )
      expect(state.candidates.size - sent(), 'candidates at Pulsifi').toBe(row.candidates)
      expect(made('candidates.create') - sent(), 'requests for a candidate').toBe(row.creations)
      expect(state.jobs.size, 'jobs at Pulsifi').toBe(row.jobs ?? 1)
    },
    150_000,
  )

  it('makes exactly one call for a job, an invitation, a callback, and one for a token, without a fault', async () => {
    const count = OTHERS.length + 1
    await until('a result of all', 60_000, () =>
      [STRUCK, ...OTHERS].every(id => stack.results.has(keyOf('no fault', id))),
    )
    const { calls } = stack.sandboxOf(tenantOf('no fault'))
    const counts = Object.groupBy(calls.list(), ({ operation }) => operation)
    const made = Object.fromEntries(Object.entries(counts).map(([name, list]) => [name, list?.length]))
    // An instance fetches its own token, and the test another one for the webhook.
    expect(made['token.create']).toBeLessThanOrEqual(1 + instances)
    expect(made).toMatchObject({ 'jobs.create': 1, 'candidates.create': count, 'candidates.get': count })
  })
})
