/** What vendors write in more than one way, read from the body to the canonical record, and for jobs to what Pulsifi is sent. */
import { describe, expect, it } from 'vitest'
import { type Webhook, WebhookStory } from '../../support/webhook-story.ts'

const DAY = '2026-02-26T10:00:00Z'
const received = (source: string, body: unknown) =>
  new WebhookStory().receive({ source, body, at: DAY } satisfies Webhook)
const only = <T>(records: ReadonlyMap<string, T>): T => {
  const [record] = records.values()
  if (record === undefined || records.size > 1) throw new Error(`${records.size} records`)
  return record
}

describe('CleverConnect', () => {
  const candidateWith = (person: object, id: unknown = 70) =>
    received('cleverconnect', {
      id,
      jobId: '31',
      candidate: { email: 'a@example.org', ...person },
      attachments: [],
    })

  it.each([
    [
      { city: 'Nantes', country: 'FR' },
      { city: 'Nantes', country_code: 'FR' },
    ],
    [[{ city: 'Nantes', country: 'France' }], { city: 'Nantes', country_code: 'FR' }],
    ['Nantes', { raw: 'Nantes', country_code: null }],
    [
      { zipCode: 1050, country: 'Belgique' },
      { postal_code: '1050', country_code: 'BE' },
    ],
    [{ country: 'Deutschland' }, { country_code: 'DE' }],
    [{ country: 'Royaume Uni' }, { country_code: 'GB' }],
    [[], null],
    ['', null],
    [null, null],
  ])('an application is kept whose place is %j', (location, expected) => {
    const { location: place } = only(candidateWith({ location }).candidates)
    if (expected === null) expect(place).toBe(null)
    else expect(place).toMatchObject(expected)
  })

  it.each([
    ['a UUID', '0b1f6a52-1d0e-4c9a-9c55-3f2b8a7d6e01', '0b1f6a52-1d0e-4c9a-9c55-3f2b8a7d6e01'],
    ['a prefix', 'APP-70', 'APP-70'],
    ['blanks around it', ' 71 ', '71'],
  ])('an id is an id: one with %s', (_what, id, externalId) => {
    expect(only(candidateWith({}, id).candidates).external_id).toBe(externalId)
  })
})

describe('Human Sourcing', () => {
  it.each([
    [
      ['Bretagne', 'Corse'],
      [{ label: 'Bretagne' }, { label: 'Corse' }],
    ],
    [[{ id: '53', name: 'Bretagne' }], [{ external_id: '53', label: 'Bretagne' }]],
    [[{ code: '53', libelle: 'Bretagne' }], [{ external_id: '53', label: 'Bretagne' }]],
    [{ 53: 'Bretagne' }, [{ label: 'Bretagne' }]],
  ])('regions as %j', (job_regions, expected) => {
    const job = only(
      received('humansourcing', [{ event: 'update', type: 'job', data: { job_id: 1, job_regions } }]).jobs,
    )
    expect(job.categories.filter(({ scheme }) => scheme === 'region')).toMatchObject(expected)
  })

  it('keeps tags in whatever form, and warns of what says none', () => {
    const tags = [
      'permis B',
      { id: 3, name: 'anglais' },
      { label: 'Vivier' },
      { libelle: 'À rappeler' },
      { x: 'y' },
      7,
      null,
    ]
    const data = { id: 9, tags, action: [] }
    const { candidates } = received('humansourcing', [{ event: 'update', type: 'candidate', data }])
    const candidate = only(candidates)
    expect(candidate.tags).toEqual(['permis B', 'anglais', 'Vivier', 'À rappeler', '7'])
    expect(candidate.provenance.warnings).toEqual(['TAG_UNREADABLE'])
  })

  it('a list of actions in which PHP has left a gap is one', () => {
    const [first, third] = [1, 3].map(id => ({
      id,
      code: 'CAND',
      default_type: '4',
      date: DAY,
      poste: { id: '31' },
    }))
    const data = { id: 9, action: { 0: first, 2: third } }
    const { candidates } = received('humansourcing', [{ event: 'update', type: 'candidate', data }])
    expect(only(candidates).applications[0]?.activities).toHaveLength(2)
  })
})

describe('idibu', () => {
  const candidateOf = (change: object) =>
    only(
      received('idibu', {
        payload: { id: '55', ...change },
        'payload-information': { webhook_event: 'candidate.update', timestamp: DAY },
      }).candidates,
    )

  it.each([
    [{ id: '11', type: 'default', label: 'Applicants' }, 'NEW'],
    [{ status_id: '11', status_type: 'default', status_label: 'Applicants' }, 'NEW'],
    [{ id: 11 }, 'NEW'],
    [{ label: 'applicants' }, 'NEW'],
    [{ id: '12', label: 'Shortlisted' }, 'UNKNOWN'],
  ])('an application with the status %j is %s', (status, stage) => {
    const { applications } = candidateOf({ vacancies: [{ id: '31', status }] })
    expect(applications[0]?.stage).toBe(stage)
  })

  it.each([
    ['07911 123456', 'United Kingdom'],
    ['07911123456', 'UK'],
    ['7911123456', 'England'],
    ['447911123456', 'Great Britain'],
    ['+44 (0)7911 123456', 'GBR'],
  ])('the number %s of somebody in %s is dialled +447911123456', (phone_mobile, country) => {
    expect(candidateOf({ phone_mobile, country }).phone_numbers).toMatchObject([{ e164: '+447911123456' }])
  })
})

describe('Jobylon', () => {
  const jobWith = (job: object) =>
    received('jobylon', {
      event_type: 'job',
      action: 'new',
      data: { company: { id: 'c' }, job: { id: 'j', ...job } },
    })

  it.each([
    [
      ['Stockholm', 'Malmö'],
      [{ raw: 'Stockholm' }, { raw: 'Malmö' }],
    ],
    [[{ location: 'Lund, Sverige', location_json: null }], [{ raw: 'Lund, Sverige', country_code: 'SE' }]],
    [[{ location_json: { city: 'Turku', country_short: 'fi' } }], [{ city: 'Turku', country_code: 'FI' }]],
    [
      [{ location: 'Aarhus', location_json: { country: 'Danmark' } }],
      [{ raw: 'Aarhus', country_code: 'DK' }],
    ],
  ])('places as %j', (locations, expected) => {
    expect(only(jobWith({ locations }).jobs).locations).toMatchObject(expected)
  })

  it.each(['070-123 45 67', '0701234567', '+46 (0)70 123 45 67', '0046701234567'])(
    'the number %s for a job in Sweden is dialled +46701234567',
    phone_number => {
      const job = {
        id: 'j',
        locations: [{ location: 'Lund, Sverige', location_json: { country_short: 'SE' } }],
      }
      const data = { company: { id: 'c' }, candidate: { id: 'k', phone_number }, job }
      const { candidates } = received('jobylon', { event_type: 'candidate', action: 'new', data })
      expect(only(candidates).phone_numbers).toMatchObject([{ e164: '+46701234567' }])
    },
  )
})
