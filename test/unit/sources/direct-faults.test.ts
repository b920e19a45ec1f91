import { describe, expect, it } from 'vitest'
import { faultsOf } from '../../../services/sources/direct/faults.ts'

const faults = (body: unknown, contentType = 'application/json') =>
  faultsOf({
    headers: { 'content-type': contentType },
    body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
  })
const candidate = (data: object) => ({
  type: 'candidate',
  action: 'upsert',
  data: { external_id: 'c1', ...data },
})
const job = (data: object) => ({ type: 'job', action: 'upsert', data: { external_id: 'j1', ...data } })

describe('a delivery in our own format', () => {
  it('has no fault when it is as the schema has it', () => {
    expect(faults(candidate({ first_name: 'Noor', email: 'noor@example.com' }))).toEqual([])
    expect(faults([job({ title: 'Planner' }), candidate({})])).toEqual([])
    expect(faults([])).toEqual([])
  })

  it('is told of a field that does not exist, by its path', () => {
    expect(
      faults(
        candidate({
          emial: 'noor@example.com',
          applications: [{ job: { external_id: 'j1' }, satge: 'NEW' }],
        }),
      ),
    ).toEqual(
      ['data.applications.0.satge: there is no such field', 'data.emial: there is no such field'].sort(),
    )
    expect(faults({ ...job({}), tpye: 'job' })).toEqual(['tpye: there is no such field'])
  })

  it('is told of what cannot be read and decides something', () => {
    const [fault, ...none] = faults(
      candidate({ applications: [{ job: { external_id: 'j1' }, applied_at: 'soon' }] }),
    )
    expect(fault).toMatch(/^data\.applications\.0\.applied_at: /)
    expect(fault).not.toContain('soon')
    expect(none).toEqual([])
  })

  it('has no fault in what is left out with a warning', () => {
    expect(faults(job({ title: 'Planner', locations: [{ city: 17 }] }))).toEqual([])
  })

  it('is told which element it is, where there are several', () => {
    expect(faults([job({}), candidate({ emial: 'x' }), { type: 'company' }])).toEqual([
      'element 2: data.emial: there is no such field',
      expect.stringMatching(/^element 3: type: /),
    ])
    const lines = `${JSON.stringify(job({}))}\nnonsense\n`
    expect(faults(lines, 'application/x-ndjson')).toEqual(['element 2: not JSON'])
  })

  it('is told at once what it is not', () => {
    expect(faults('nonsense')).toHaveLength(1)
    expect(faults({ type: 'job', action: 'upsert', data: {} })).toEqual([
      expect.stringContaining('data.external_id'),
    ])
  })

  it('is told of twenty faults and no more', () => {
    expect(faults(Array.from({ length: 50 }, () => candidate({ emial: 'x' })))).toHaveLength(20)
  })

  it('that deletes somebody is taken whatever else it says', () => {
    expect(
      faults({ type: 'candidate', action: 'delete', data: { external_id: 'c1', why: 'asked' }, more: 1 }),
    ).toEqual([])
  })
})
