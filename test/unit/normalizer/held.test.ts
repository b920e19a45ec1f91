/** One endpoint, many companies: what comes in before anybody knows whose customer a company is. */
import { describe, expect, it } from 'vitest'
import type { Candidate, Job } from '../../../schemas/types.ts'
import { CANONICAL_CANDIDATE, CANONICAL_JOB, HEADER, redriveTopic } from '../../../services/core/topics.ts'
import { decideRecord, move } from '../../../services/normalizer/decide.ts'
import { allHeld, destinationOf, keyOf } from '../../../services/normalizer/held.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import type { Decision, InputRecord, Output, State } from '../../../services/platform/partitions/processor.ts'
import { jsonCodec } from '../../support/json-codec.ts'

const sources = await discoverSources()
const NOW_MS = Date.UTC(2026, 2, 1)
const RAW = 'ats.raw.jobylon'
/** The partner's own tenant, at whose address all companies call. */
const OWN = '/hooks/jobylon/default'

/** A normalizer whose connection names these companies; it can be started again with others. */
function normalizer(given: Readonly<Record<string, string>> | undefined) {
  const store = new Map<string, unknown>()
  const state: State = {
    get: key => store.get(key),
    scan: prefix => [...store].filter(([key]) => key.startsWith(prefix)),
  }
  let companies = given
  let offset = 0
  const ports = {
    sources,
    settingsOf: () => sources.get('jobylon')?.settings.parse({ companies }) ?? {},
    personKeySecret: 'secret',
    companyName: (_source: string, _tenant: string, id: string) => (id === 'c-1' ? 'Wayne' : null),
    partitionOf: () => 1,
    normalizerVersion: 'test',
    hostsOf: () => [],
    codec: jsonCodec(inOrder),
  }
  const apply = (decision: Decision<unknown>) => {
    for (const { entries = [] } of decision.outputs)
      for (const [key, value] of entries) value === undefined ? store.delete(key) : store.set(key, value)
    return decision.outputs
  }
  const input = (
    kind: string,
    value: Buffer,
    hooks: string,
    headers: object = {},
    topic = RAW,
  ): InputRecord => ({
    ...{ type: 'record', topic, partition: 0, offset: offset++, key: null, value, fact: null },
    headers: {
      ...{ [HEADER.id]: `e-${offset}`, [HEADER.source]: hooks, [HEADER.type]: kind },
      [HEADER.time]: '2026-02-25T10:00:00.000Z',
      ...headers,
    },
    timestampMs: NOW_MS,
  })
  const read = (kind: string, data: object, hooks = OWN, topic = RAW) =>
    apply(decideRecord(input(kind, Buffer.from(JSON.stringify(data)), hooks, {}, topic), state, ports))
  return {
    state,
    job: (company: string, hooks = OWN) =>
      read('job/new', { data: { company: { id: company }, job: JOB } }, hooks),
    candidate: (company: string, hooks = OWN, topic = RAW) =>
      read(
        'candidate/new',
        { data: { company: { id: company }, job: JOB, candidate: PERSON } },
        hooks,
        topic,
      ),
    again: ({ value, headers }: Output) =>
      apply(decideRecord(input('', value ?? Buffer.alloc(0), '', headers), state, ports)),
    restart(next: Readonly<Record<string, string>>) {
      companies = next
      const due = allHeld(state).filter(held => destinationOf(held, ports.settingsOf) !== null)
      return due.flatMap(held =>
        apply(move({ do: 'move', type: held.type, key: keyOf(held) }, state, ports, NOW_MS)),
      )
    },
  }
}
/** As Avro does, whatever order a record was made in. */
const inOrder = (_name: string, value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const JOB = { id: 'j-1', title: 'Säljare', description: 'Sälj.' }
const PERSON = { id: 'k-1', first_name: 'Ada', last_name: 'Example', email: 'ada@example.com' }

const recordIn = <T extends Job | Candidate>(output: Output | undefined): T =>
  JSON.parse(String(output?.value))

describe('a company that the connection names', () => {
  it('is its own tenant, and what another instance took for unknown goes on there', () => {
    const pipeline = normalizer({ 'c-1': 'wayne' })
    const [direct] = pipeline.candidate('c-1', '/hooks/jobylon/wayne')
    expect(recordIn<Candidate>(direct).candidate_key).toBe('jobylon:wayne:k-1')
    expect(recordIn<Candidate>(direct).provenance.warnings).toEqual([])
    const [forwarded, ...others] = pipeline.candidate('c-1')
    expect(others).toEqual([])
    expect(forwarded).toMatchObject({
      ...{ topic: RAW, key: 'jobylon:wayne:k-1', partition: 1 },
      headers: { [HEADER.source]: '/hooks/jobylon/wayne', [HEADER.tenant]: 'wayne' },
    })
  })

  it('goes to the raw topic, also when it comes from a person who has redriven it', () => {
    const pipeline = normalizer({ 'c-1': 'wayne' })
    expect(pipeline.candidate('c-1', OWN, redriveTopic('normalizer'))).toMatchObject([{ topic: RAW }])
  })

  it('gives its jobs the name that it signed up with', () => {
    const [known] = normalizer({ 'c-1': 'wayne' }).job('c-1', '/hooks/jobylon/wayne')
    expect(recordIn<Job>(known).hiring_organization).toMatchObject({ external_id: 'c-1', name: 'Wayne' })
    const [unknown] = normalizer(undefined).job('c-9')
    expect(recordIn<Job>(unknown).hiring_organization).toMatchObject({ external_id: 'c-9', name: null })
  })
})

describe('a company that the connection does not name', () => {
  it("is kept under the connection's own tenant until it is named, and then goes on under its own", () => {
    const pipeline = normalizer({ 'c-1': 'wayne' })
    const [kept] = pipeline.candidate('c-2')
    pipeline.job('c-2')
    expect(recordIn<Candidate>(kept)).toMatchObject({
      candidate_key: 'jobylon:default:k-1',
      provenance: { tenant_id: 'default', warnings: ['COMPANY_UNKNOWN'] },
    })
    expect(pipeline.restart({ 'c-1': 'wayne' })).toEqual([])

    const outputs = pipeline.restart({ 'c-1': 'wayne', 'c-2': 'acme' })
    const events = outputs.filter(({ topic }) => topic === RAW)
    const markers = outputs.filter(({ topic }) => topic !== RAW)
    expect(markers.map(({ topic, key }) => [topic, key]).sort()).toEqual([
      [CANONICAL_CANDIDATE, 'jobylon:default:k-1'],
      [CANONICAL_JOB, 'jobylon:default:j-1'],
    ])
    for (const marker of markers) {
      expect(recordIn(marker)).toMatchObject({ lifecycle: 'DELETED', deleted_at: NOW_MS })
      expect(String(marker.value)).not.toContain('ada@example.com')
    }

    const [candidate] = events.filter(({ key }) => key === 'jobylon:acme:k-1').flatMap(pipeline.again)
    const [job] = events.filter(({ key }) => key === 'jobylon:acme:j-1').flatMap(pipeline.again)
    expect(recordIn<Candidate>(candidate)).toMatchObject({
      candidate_key: 'jobylon:acme:k-1',
      email: PERSON.email,
      applications: [
        {
          application_key: 'jobylon:acme:k-1',
          company_id: 'c-2',
          job: { external_id: 'j-1', job_key: 'jobylon:acme:j-1' },
        },
      ],
      lifecycle: 'ACTIVE',
      provenance: { tenant_id: 'acme', received_at: Date.parse('2026-02-25T10:00:00Z'), warnings: [] },
    })
    expect(recordIn<Candidate>(candidate).person_key).not.toBe(recordIn<Candidate>(kept).person_key)
    expect(recordIn<Job>(job)).toMatchObject({
      job_key: 'jobylon:acme:j-1',
      title: 'Säljare',
      lifecycle: 'ACTIVE',
    })
    expect(pipeline.restart({ 'c-2': 'acme' })).toEqual([])
  })

  it('is the same application when it is sent again afterwards', () => {
    const pipeline = normalizer({ 'c-1': 'wayne' })
    pipeline.candidate('c-2')
    const events = pipeline.restart({ 'c-2': 'acme' }).filter(({ topic }) => topic === RAW)
    expect(pipeline.candidate('c-2', '/hooks/jobylon/acme')).toHaveLength(1)
    // It comes later, and says what is known by then.
    expect(events.flatMap(pipeline.again)).toEqual([])
  })

  it("stays where it is when it gets the connection's own tenant, or was there before companies were named", () => {
    const own = normalizer({ 'c-1': 'wayne' })
    own.candidate('c-2')
    expect(own.restart({ 'c-2': 'default' })).toEqual([])
    const before = normalizer(undefined)
    before.candidate('c-2')
    before.restart({ 'c-1': 'wayne' })
    before.candidate('c-2')
    expect(before.restart({ 'c-2': 'acme' })).toEqual([])
  })
})
