import { describe, expect, it } from 'vitest'
import type { HttpProbe } from '../../../../services/ops/doctor/http-probe.ts'
import {
  judgeProcesses,
  judgeVersions,
  type ProcessReport,
} from '../../../../services/ops/doctor/judge-processes.ts'

const answered = (body: unknown, status = 200): HttpProbe => ({
  ...{ type: 'answered', status, dateMs: null, sentAtMs: 0, answeredAtMs: 0 },
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const GONE: HttpProbe = { type: 'failed', code: 'ECONNREFUSED' }
const green = { ok: true, checks: { kafka: { ok: true, detail: 'connected' } } }
const OWN = { version: '1.0.0', git_sha: 'aaaaaaa1111', node: 'v24', state_format: 'v5' }

const report = (name: string, change: Partial<ProcessReport> = {}): ProcessReport => ({
  ...{ name, host: '127.0.0.1:8093', isNamed: true },
  ready: answered(green),
  version: answered({ service: name, ...OWN }),
  ...change,
})
const running = (name: string, change: Partial<Record<keyof typeof OWN, string | null | undefined>>) =>
  report(name, { version: answered({ service: name, ...OWN, ...change }) })
const verdicts = (...reports: ProcessReport[]) =>
  judgeProcesses(reports).map(({ check, verdict }) => `${verdict} ${check}`)

describe('a process', () => {
  it('that is ready is told with what it runs', () => {
    expect(judgeProcesses([report('ingress')])).toEqual([
      { check: 'process ingress', verdict: 'ok', says: 'ready, 1.0.0 (aaaaaaa)', todo: null },
    ])
    expect(judgeProcesses([running('sink', { git_sha: null })])[0]?.says).toBe('ready, 1.0.0')
  })

  it('that somebody has named and that does not answer has failed', () => {
    expect(judgeProcesses([report('sink', { ready: GONE, version: GONE })])).toMatchObject([
      {
        ...{ verdict: 'fail', says: 'nothing answers at 127.0.0.1:8093 (ECONNREFUSED)' },
        todo: expect.stringContaining('start it'),
      },
    ])
  })

  it('that nobody has named may run elsewhere', () => {
    const unnamed = { isNamed: false, ready: GONE, version: GONE }
    expect(verdicts(report('ingress', { isNamed: false }), report('sink', unnamed))).toEqual([
      'ok process ingress',
      'warn process sink',
    ])
    expect(verdicts(report('ingress', unnamed), report('sink', unnamed))).toEqual(['skip processes'])
  })

  it.each([
    ['rights', 'acls check'],
    ['started', 'goes on by itself'],
    ['partitions', 'atsflowstandsstill'],
  ])('that is not ready for want of %s says so, and what to do', (part, words) => {
    const checks = { [part]: { ok: false, detail: 'not yet' }, other: { ok: true, detail: 'fine' } }
    const [finding] = judgeProcesses([report('sink', { ready: answered({ ok: false, checks }, 503) })])
    expect(finding).toMatchObject({ verdict: 'fail', says: `not ready: ${part}: not yet` })
    expect(finding?.todo).toContain(words)
  })

  it.each([
    ['another page', { ready: answered('<html>') }],
    ['nothing at /version', { version: GONE }],
    ['another version of it', { version: answered({ name: 'nginx' }) }],
  ])('is none of ours when %s answers', (_, change) => {
    expect(judgeProcesses([report('ingress', change)])).toMatchObject([
      { verdict: 'fail', says: expect.stringContaining('none of ours') },
    ])
  })
})

describe('versions', () => {
  const judged = (...reports: ProcessReport[]) =>
    judgeVersions(reports, OWN).map(({ verdict, says }) => `${verdict} ${says}`)

  it('are not spoken of when nobody tells one', () => {
    expect(judged(report('ingress', { version: GONE }))).toEqual([])
  })

  it('are one where all are, and a commit that nobody knows contradicts none', () => {
    expect(judged(report('ingress'), running('sink', { git_sha: null }))).toEqual([
      'ok all are 1.0.0 (aaaaaaa)',
    ])
  })

  it('differ by number, by commit, and from that of the command', () => {
    expect(judged(report('ingress'), running('sink', { version: '0.9.0' }))).toEqual([
      'warn versions differ: 1.0.0 (aaaaaaa) of ingress, this command; 0.9.0 (aaaaaaa) of sink',
    ])
    expect(judged(report('ingress'), running('sink', { git_sha: 'bbbbbbb2222' }))[0]).toMatch(/^warn /)
    expect(judged(running('ingress', { version: '0.9.0' }))[0]).toMatch(/^warn .*of this command$/)
  })

  it('that keep another format of state have failed, whatever else they are', () => {
    expect(judged(report('normalizer'), running('sink', { state_format: 'v4' }))).toEqual([
      'fail formats of the state differ: v5 of normalizer, this command; v4 of sink',
    ])
  })

  it('that say no format are not held against the others', () => {
    expect(judged(running('sink', { state_format: undefined }))[0]).toMatch(/^ok /)
  })
})
