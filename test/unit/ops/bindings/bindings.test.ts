import { describe, expect, it } from 'vitest'
import { planBindings } from '../../../../services/ops/bindings/bindings.ts'
import { parseBindings } from '../../../../services/ops/bindings/file.ts'
import { bindingRecord } from '../../../support/ledger-records.ts'

const ID = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const OTHER = '3f2504e0-4f89-41d3-9a0c-0305e82c3302'

describe('a file of bindings', () => {
  it('names a job at Pulsifi for each job', () => {
    const text = `{ "idibu:default:1": "${ID.toUpperCase()}", "cleverconnect:acme:a:b": "${OTHER}" }`
    expect(parseBindings(text)).toEqual({
      type: 'ok',
      bindings: [
        { jobKey: 'idibu:default:1', pulsifiJobId: ID },
        { jobKey: 'cleverconnect:acme:a:b', pulsifiJobId: OTHER },
      ],
    })
  })

  it.each([
    ['is not JSON', '{\n  "idibu:default:1" "x"\n}', ['line 2: this is not JSON']],
    ['is no object', '[]', ['line 1: expected an object of job key → Pulsifi job id']],
    ['is empty', '', ['line 1: this is not JSON']],
    [
      'has a key that is none',
      `{\n"idibu:1": "${ID}" }`,
      ['line 2: "idibu:1": expected a job key, <source>:<tenant>:<job id>'],
    ],
    [
      'has an id that is none',
      '{\n\n"idibu:default:1": 17 }',
      ['line 3: idibu:default:1: expected the id of a job at Pulsifi, a UUID'],
    ],
    [
      'says a key twice',
      `{"idibu:default:1": "${ID}",\n"idibu:default:1": "${OTHER}"}`,
      ['line 2: a name that this object has already'],
    ],
  ])('that %s is refused with the line', (_what, text, faults) => {
    const parsed = parseBindings(text)
    expect(parsed.type === 'faults' && parsed.faults.slice(0, 1)).toEqual(faults)
  })

  it('tells every fault at once', () => {
    expect(parseBindings('{ "a": "1",\n "b": "2" }')).toMatchObject({ type: 'faults', faults: { length: 4 } })
  })
})

describe('the plan of an import', () => {
  const wanted = [{ jobKey: 'idibu:default:1', pulsifiJobId: ID }]
  it.each([
    ['binds what nobody knows', undefined, false, 'bind'],
    ['binds what is known and not bound', bindingRecord({ state: 'BLOCKED' }), false, 'bind'],
    ['leaves what is bound so', bindingRecord({ state: 'BOUND', pulsifi_job_id: ID }), true, 'unchanged'],
    [
      'refuses what is bound otherwise',
      bindingRecord({ state: 'BOUND', pulsifi_job_id: OTHER }),
      false,
      'refused',
    ],
    ['replaces when that is said', bindingRecord({ state: 'BOUND', pulsifi_job_id: OTHER }), true, 'bind'],
  ] as const)('%s', (_law, known, replace, plan) => {
    expect(planBindings(wanted, () => known, replace)).toMatchObject([{ plan }])
  })
})
