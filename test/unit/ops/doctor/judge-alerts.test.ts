import { expect, it } from 'vitest'
import type { HttpProbe } from '../../../../services/ops/doctor/http-probe.ts'
import { judgeAlerts } from '../../../../services/ops/doctor/judge-alerts.ts'

const answered = (body: unknown): HttpProbe => ({
  ...{ type: 'answered', status: 200, dateMs: null, sentAtMs: 0, answeredAtMs: 0 },
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const alert = (state: string, severity = 'page') => ({
  ...{ state, labels: { severity }, activeAt: '2026-02-03T00:00:00Z', value: '1' },
  annotations: { summary: 'one is down', runbook_url: 'infra/observability/runbooks.md#it' },
})
const rule = (name: string, ...alerts: unknown[]) => ({ name, type: 'alerting', alerts })
const judged = (...rules: unknown[]) =>
  judgeAlerts('prometheus:9090', answered({ status: 'success', data: { groups: [{ name: 'g', rules }] } }))

it('nothing is to do while none of ours fires', () => {
  expect(
    judged(rule('AtsflowDown'), rule('AtsflowSpooling', alert('pending')), rule('Other', alert('firing'))),
  ).toEqual([{ check: 'alerts', verdict: 'ok', says: 'none of 2 fires', todo: null }])
})

it('one that fires is told with its page, by how it wakes people', () => {
  expect(
    judged(rule('AtsflowDown', alert('firing')), rule('AtsflowFallsBehind', alert('firing', 'ticket'))),
  ).toEqual([
    ...[
      ['fail', 'AtsflowDown'],
      ['warn', 'AtsflowFallsBehind'],
    ].map(([verdict, name]) => ({
      ...{ check: `alert ${name}`, verdict, says: 'one is down' },
      todo: 'see infra/observability/runbooks.md#it',
    })),
  ])
})

it('a Prometheus without our rules would be silent for ever', () => {
  expect(judged(rule('Other'))).toMatchObject([
    { verdict: 'warn', todo: expect.stringContaining('rules.yaml') },
  ])
})

it.each([
  ['nobody', { type: 'failed', code: 'ECONNREFUSED' } as const, 'nothing answers at prometheus:9090'],
  ['somebody else', answered('<html>'), 'is not Prometheus'],
  ['a Prometheus that cannot', answered({ status: 'error', error: 'no' }), 'is not Prometheus'],
])('%s at its address has failed', (_, probe, words) => {
  expect(judgeAlerts('prometheus:9090', probe)).toMatchObject([
    { verdict: 'fail', says: expect.stringContaining(words), todo: expect.stringContaining('--prometheus') },
  ])
})
