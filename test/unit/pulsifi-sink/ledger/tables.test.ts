import { describe, expect, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_JOB,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RESULT,
} from '../../../../services/core/topics.ts'
import { dependingOnJob, invitationEntries } from '../../../../services/pulsifi-sink/ledger/state.ts'
import {
  bindingTableEntries,
  createTables,
  findBinding,
  keysOfChanged,
} from '../../../../services/pulsifi-sink/ledger/tables.ts'
import { apply, storeOf } from '../../../support/sink-tenure.ts'
import { codec } from '../../../support/sink-world.ts'
import { aBinding, aBoundBinding, anInvitation } from '../ledger-records.ts'
import { aCandidate, anApplication } from '../records.ts'

const tableOf = (topic: string) => createTables(codec).find(table => table.topic === topic)
const unreadable = Buffer.from('not Avro')
const state = storeOf(new Map())

it.each([CANONICAL_JOB, CANONICAL_CANDIDATE])(
  'leaves what nobody can read in %s to the decision about it',
  topic => {
    expect(tableOf(topic)?.entries('a:b:c', unreadable, state)).toEqual([])
  },
)

it.each([PULSIFI_INVITATION, PULSIFI_JOB_BINDING, PULSIFI_RESULT])(
  'stops at what nobody can read in %s: a ledger that forgets invites twice',
  topic => {
    expect(() => tableOf(topic)?.entries('a:b:c', unreadable, state)).toThrow('framing')
  },
)

it('finds the applications of a job under the job that they wait for last', () => {
  const store = new Map<string, unknown>()
  const first = anInvitation({ outcome: 'WAITING', job_key: 'jobylon:default:ref' })
  apply(store, invitationEntries('a', first, undefined))
  apply(store, invitationEntries('a', { ...first, job_key: 'jobylon:default:42' }, first))
  expect([...dependingOnJob(storeOf(store), 'jobylon:default:ref')]).toEqual([])
  expect([...dependingOnJob(storeOf(store), 'jobylon:default:42')]).toEqual(['a'])
})

it('leaves nothing of a record that is removed', () => {
  const store = new Map<string, unknown>()
  const known = anInvitation({ outcome: 'WAITING' })
  apply(store, invitationEntries('a', known, undefined))
  apply(store, invitationEntries('a', null, known))
  expect([...store]).toEqual([])
})

function tableWith(...bindings: readonly ReturnType<typeof aBinding>[]) {
  const store = new Map<string, unknown>()
  for (const binding of bindings)
    apply(store, bindingTableEntries(codec, binding.job_key, codec.encode(PULSIFI_JOB_BINDING, binding)))
  return (external_id: string) =>
    findBinding(store, { job_key: `jobylon:default:${external_id}`, external_id })?.job_key
}

it.each([
  ['its key', [aBinding()], '42', 'jobylon:default:42'],
  ['its reference', [aBinding({ reference: 'R' })], 'R', 'jobylon:default:42'],
  ['nothing', [], 'R', undefined],
  [
    'its reference, when somebody only asked for the key',
    [
      aBinding({ reference: 'R' }),
      aBinding({ job_key: 'jobylon:default:R', state: 'WANTED', job_lifecycle: null }),
    ],
    ...['R', 'jobylon:default:42'],
  ],
  [
    'what an operator bound, before a reference',
    [aBinding({ reference: 'R' }), aBoundBinding({ job_key: 'jobylon:default:R', job_lifecycle: null })],
    ...['R', 'jobylon:default:R'],
  ],
  [
    'nothing, when the job has another reference now',
    [aBinding({ reference: 'R' }), aBinding({ reference: 'S' })],
    'R',
    undefined,
  ],
  ['nothing of another tenant', [aBinding({ job_key: 'jobylon:acme:42', reference: 'R' })], 'R', undefined],
] as const)('finds a job by %s', (_what, bindings, id, key) => {
  expect(tableWith(...bindings)(String(id))).toBe(key)
})

it.each([
  [
    'its reference, which came with an id that nobody knows',
    aBinding({ reference: 'R' }),
    'R',
    'jobylon:default:42',
  ],
  ['nothing, when no reference came', aBinding({ reference: 'R' }), null, undefined],
  ['nothing, when another one came', aBinding({ reference: 'R' }), 'S', undefined],
  ['nothing of another tenant', aBinding({ job_key: 'jobylon:acme:42', reference: 'R' }), 'R', undefined],
])('finds a job of another source by %s', (_what, binding, reference, key) => {
  const store = new Map<string, unknown>()
  apply(store, bindingTableEntries(codec, binding.job_key, codec.encode(PULSIFI_JOB_BINDING, binding)))
  expect(findBinding(store, { job_key: 'jobylon:default:7', external_id: '7', reference })?.job_key).toBe(key)
})

describe('applications that name a job of another source', () => {
  const named = (source: string, reference: string | null) =>
    aCandidate({
      provenance: { ...aCandidate().provenance, source },
      applications: [
        anApplication({
          application_key: 'a',
          job: { ...anApplication().job, job_key: 'jobylon:default:7', external_id: '7', reference },
        }),
      ],
    })
  const waitingFor = (candidates: readonly ReturnType<typeof named>[], outcome: 'WAITING' | 'INVITED') => {
    const store = new Map<string, unknown>()
    apply(store, invitationEntries('a', anInvitation({ outcome, job_key: 'jobylon:default:7' }), undefined))
    const table = tableOf(CANONICAL_CANDIDATE)
    for (const candidate of candidates)
      apply(store, table?.entries('c', codec.encode(CANONICAL_CANDIDATE, candidate), storeOf(store)) ?? [])
    return [...dependingOnJob(storeOf(store), 'jobylon:default:R')]
  }

  it('are found by the reference of the job', () => {
    expect(waitingFor([named('idibu', 'R')], 'WAITING')).toEqual(['a'])
  })

  it.each([
    ['it is a job of the same source', [named('jobylon', 'R')], 'WAITING'],
    ['there is no reference', [named('idibu', null)], 'WAITING'],
    ['it has another reference now', [named('idibu', 'R'), named('idibu', 'S')], 'WAITING'],
  ] as const)('are not when %s', (_why, candidates, outcome) => {
    expect(waitingFor(candidates, outcome)).toEqual([])
  })
})

it('wakes by a changed job whoever waits for its key, and whoever waits for its reference, once each', () => {
  const table = new Map<string, unknown>()
  const keep = (key: string, value: Buffer | null) => apply(table, bindingTableEntries(codec, key, value))
  const known = [
    aBinding({ reference: 'R' }),
    aBinding({ job_key: 'jobylon:acme:7', reference: 'R' }),
    aBinding({ job_key: 'jobylon:default:8' }),
  ]
  for (const binding of known) keep(binding.job_key, codec.encode(PULSIFI_JOB_BINDING, binding))
  const changed = ['jobylon:default:42', 'jobylon:default:8', 'jobylon:default:42', 'jobylon:acme:7', 'gone']
  expect(keysOfChanged(table, changed)).toEqual([
    ...['jobylon:default:42', 'jobylon:default:R', 'jobylon:default:8'],
    ...['jobylon:acme:7', 'jobylon:acme:R', 'gone'],
  ])
})
