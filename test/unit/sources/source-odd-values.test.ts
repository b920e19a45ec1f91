/** Odd values of one kind each, in the fields of the source that sends them. */
import { describe, expect, it } from 'vitest'
import { WebhookStory } from '../../support/webhook-story.ts'

const DAY = '2026-02-26T10:00:00Z'
const day = (iso: string) => Date.parse(iso) / 86_400_000
const received = (source: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
  new WebhookStory().receive({ source, body, at: DAY, headers })
const only = <T>(records: ReadonlyMap<string, T>): T => {
  const [record] = records.values()
  if (record === undefined || records.size > 1) throw new Error(`${records.size} records`)
  return record
}

describe('CleverConnect', () => {
  const candidateOf = (person: unknown) =>
    only(received('cleverconnect', { id: 70, jobId: '31', candidate: person, attachments: [] }).candidates)

  it('a candidate in a list is one', () => {
    expect(candidateOf([{ email: 'a@example.org' }]).email).toBe('a@example.org')
  })

  it.each([
    ['NL', 'Pays Bas'],
    ['US', 'Etats Unis d’Amérique'],
    ['US', 'Förenta staterna'],
    ['US', 'U.S.A.'],
    ['GB', 'U.K.'],
    ['GB', 'Écosse'],
    ['GB', 'Skottland'],
    ['AT', 'Oesterreich'],
    ['CD', 'RDC'],
    ['VN', 'Viêt Nam'],
    ['IE', 'Republic of Ireland'],
    ['FR', 'République française'],
    ['RE', 'La Réunion'],
    ['SE', 'Schweden'],
    [null, 'Paris'],
    [null, ''],
  ])('the country %s is %s', (code, country) => {
    expect(candidateOf({ location: { city: 'x', country } }).location?.country_code).toBe(code)
  })

  it.each([
    'jean&#64;example.org',
    '<a href="mailto:jean@example.org">jean@example.org</a>',
    'Jean Dupont <jean@example.org>',
    'jean@example。org',
    'Courriel: jean@example.org',
    'E-post : jean@example.org',
    'jean@example.org (perso)',
    '‹jean@example.org›',
    '«jean@example.org»',
    '“jean@example.org”',
  ])('the address in %j is jean@example.org', email => {
    expect(candidateOf({ email })).toMatchObject({
      email: 'jean@example.org',
      provenance: { warnings: ['EMAIL_REPAIRED'] },
    })
  })

  it.each(['jean dupont@example.org', 'a@example.org (b@example.org)', 'a@example.org b@example.org'])(
    'nobody knows which address %j is',
    email => {
      expect(candidateOf({ email }).provenance.warnings).toEqual(['EMAIL_INVALID'])
    },
  )

  it('a member named __proto__ is kept among those that the guide does not have', () => {
    const body = '{"id":1,"jobId":"2","candidate":{"email":"a@example.org"},"__proto__":{"x":1},"rating":5}'
    const [application] = only(received('cleverconnect', body).candidates).applications
    expect(Object.entries(application?.custom_fields ?? {})).toEqual([
      ['__proto__', '{"x":1}'],
      ['rating', '5'],
    ])
  })

  it('ASCII that is UTF-8 is read as that, and what is neither as Windows writes it', () => {
    const text = JSON.stringify({ id: 1, jobId: '2', candidate: { firstName: 'Zoé' } })
    const headers = { 'content-type': 'application/json; charset=us-ascii' }
    for (const body of [Buffer.from(text), Buffer.from(text, 'latin1')])
      expect(only(received('cleverconnect', body, headers).candidates).first_name).toBe('Zoé')
  })
})

describe('Human Sourcing', () => {
  const jobOf = (data: object) =>
    only(
      received('humansourcing', [
        { event: 'update', type: 'job', data: { job_id: 1, job_title: 'x', ...data } },
      ]).jobs,
    )

  it.each([
    ['Vacataire', 'TEMPORARY'],
    ['Intermittent du spectacle', 'TEMPORARY'],
    ['CTT', 'TEMPORARY'],
    ['Behovsanställning', 'TEMPORARY'],
    ['Timvikarie', 'TEMPORARY'],
    ['Projektanställning', 'TEMPORARY'],
    ['Egenföretagare', 'CONTRACTOR'],
    ['Bijbaan', 'PART_TIME'],
    ['Service civique', 'OTHER'],
  ])('the contract %s is %s', (job_contract_type, type) => {
    expect(jobOf({ job_contract_type }).employment_type).toBe(type)
  })

  it.each([
    ['&amp;lt;p&amp;gt;Hi&amp;lt;/p&amp;gt;', 'Hi'],
    ['Write &lt;b&gt; for bold', 'Write <b> for bold'],
    ['a\u0000b\tc', 'ab\tc'],
  ])('the text %j says %j', (job_description, said) => {
    expect(jobOf({ job_description }).description).toBe(said)
  })

  it.each([
    ['1', true],
    [1, true],
    ['true', true],
    [0, false],
    ['false', false],
    [false, false],
    ['', null],
  ])('a mailing is marked by %j: %s', (emailing, expected) => {
    const action = [{ id: 1, code: 'MSG', date: DAY, poste: { id: '31' }, emailing }]
    const { candidates } = received('humansourcing', [
      { event: 'update', type: 'candidate', data: { id: 9, action } },
    ])
    expect(only(candidates).applications[0]?.activities).toMatchObject([{ emailing: expected }])
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
  const vacancyOf = (change: object) =>
    only(
      received('idibu', {
        payload: { id: '7', ...change },
        'payload-information': { webhook_event: 'vacancy.create', timestamp: DAY },
      }).jobs,
    )

  it.each([[{ name: 'Applicants' }], [{ status_label: 'Applicants' }], [['11']], [[{ id: '11' }]]])(
    'the status %j is that of applicants',
    status => {
      expect(candidateOf({ vacancies: [{ id: '31', status }] }).applications[0]?.stage).toBe('NEW')
    },
  )

  it.each([
    ['gdpr_removed', true],
    ['Désinscrit', true],
    ['spam complaint', true],
    ['donotcontact', true],
    ['Ne pas contacter', true],
    ['opted in', false],
    ['not unsubscribed', false],
    ['resubscribed', false],
  ])('who is %s has opted out: %s', (comms_status, expected) => {
    expect(candidateOf({ comms_status }).communications_opt_out).toBe(expected)
  })

  it.each([
    ['Unpublished', 'UNKNOWN'],
    ['Withdrawn', 'CLOSED'],
    ['Re-opened', 'OPEN'],
    ['reopened', 'OPEN'],
    ['Not reopened', 'CLOSED'],
  ])('a vacancy that is %s is %s', (status, expected) => {
    expect(vacancyOf({ status }).status).toBe(expected)
  })

  it.each([
    ['22,000', 22_000],
    ['£24,000.50', 24_000.5],
    ['1 250 000', 1_250_000],
    ['2,5', null],
    ['12,34,567', null],
    ['24k', null],
  ])('the salary %s is %s', (salary_min, min) => {
    expect(vacancyOf({ salary: { salary_min, currency: 'GBP' } }).salary?.min).toBe(min)
  })

  const positionOf = (dates: object) =>
    candidateOf({ work_history: [{ role: 'Nurse', company: 'Ward', ...dates }] }).work_experiences[0]

  it.each([
    ['201903', '2019-03-01'],
    ['depuis mars 2019', '2019-03-01'],
    ['since 2019', '2019-01-01'],
    ['år 2019', '2019-01-01'],
  ])('who starts %s starts on %s', (start_date, first) => {
    expect(positionOf({ start_date })?.start_date).toBe(day(first))
  })

  it.each([
    'to present',
    'current position',
    'poste actuel',
    'en poste',
    'nuvarande anställning',
    'jusqu’à aujourd’hui',
    'fram till nu',
    'i dagsläget',
    'bis heute',
    'Still working',
    '-',
  ])('what ends with %j lasts', end_date => {
    expect(positionOf({ start_date: '2019', end_date })).toMatchObject({ is_current: true, end_date: null })
  })

  it.each(['to 2020', 'position', 'the job', 'unknown'])('what ends with %j does not', end_date => {
    expect(positionOf({ start_date: '2019', end_date })?.is_current).toBe(false)
  })

  it('a form in the character set of old browsers is read, declared or not', () => {
    const body =
      'payload[id]=55&payload[firstname]=Jos%E9+Mar%EDa&payload-information[webhook_event]=candidate.update'
    for (const charset of ['', '; charset=iso-8859-1', '; charset=utf-8']) {
      const headers = { 'content-type': `application/x-www-form-urlencoded${charset}` }
      expect(only(received('idibu', body, headers).candidates).first_name).toBe('José María')
    }
  })
})

describe('Jobylon', () => {
  const outcomeOf = (status: unknown) =>
    received('jobylon', {
      event_type: 'candidate',
      action: 'new',
      data: {
        company: { id: 'c' },
        job: { id: 'j', title: 'Säljare' },
        candidate: { id: 'a', email: 'a@b.se', status },
      },
    }).outcomes().a

  it.each([[{ id: 5, group: { id: 19, name: 'rejected' } }], ['Rejected'], [{ name: 'Avslag' }]])(
    'who has the status %j is rejected',
    status => {
      expect(outcomeOf(status)).toBe('SKIPPED NOT_APPLICANT_STATUS')
    },
  )

  it.each([
    [{ id: 5, group: { id: 0, name: 'new' } }],
    ['Interview'],
    [{ name: 'Avslag', group: 1 }],
    [null],
  ])('and who has %j is not', status => {
    expect(outcomeOf(status)).not.toBe('SKIPPED NOT_APPLICANT_STATUS')
  })

  it('skills in a numbered list are names', () => {
    const job = { id: 'j', title: 'Säljare', skills: '1. Excel\n2) SAP\n3D printing' }
    const { jobs } = received('jobylon', {
      event_type: 'job',
      action: 'new',
      data: { company: { id: 'c' }, job },
    })
    expect(only(jobs).skills.map(({ name }) => name)).toEqual(['Excel', 'SAP', '3D printing'])
  })
})

it.each([
  ['idibu', 'R&amp;D lead', 'Bell &amp; Co'],
  ['direct', 'R&amp;D lead', 'Bell &amp; Co'],
])('%s: a position is written as people read it', (source, role, company) => {
  const position = { role, start_date: '2019' }
  const body =
    source === 'idibu'
      ? {
          payload: { id: '5', work_history: [{ ...position, company }] },
          'payload-information': { webhook_event: 'candidate.update' },
        }
      : {
          type: 'candidate',
          action: 'upsert',
          data: { external_id: '5', work_experiences: [{ ...position, organization: company }] },
        }
  expect(only(received(source, body).candidates).work_experiences).toMatchObject([
    { role: 'R&D lead', organization: 'Bell & Co' },
  ])
})
