/** What a candidate and a job may have besides, where the sources say it: in fields, in forms and in fields of a customer's own. */
import { describe, expect, it } from 'vitest'
import { WebhookStory } from '../../support/webhook-story.ts'

const DAY = '2026-02-26T10:00:00Z'
const day = (iso: string) => Date.parse(iso) / 86_400_000
const received = (source: string, body: unknown, settings: Readonly<Record<string, unknown>> = {}) =>
  new WebhookStory().receive({ source, body, at: DAY, settings })
const only = <T>(records: ReadonlyMap<string, T>): T => {
  const [record] = records.values()
  if (record === undefined || records.size > 1) throw new Error(`${records.size} records`)
  return record
}

describe('Human Sourcing', () => {
  const CONSULTANT = { id: '3144', office: '128', first_name: 'Vanessa', last_name: 'DURANT' }
  const APPLIED = '2026-02-20T18:00:00+01:00'
  const act = (code: string, date: string, more: object = {}) => ({
    ...{ id: date, code, default_type: '1', date, poste: { id: '31' }, consultant: CONSULTANT },
    ...more,
  })
  const form = (answers: Readonly<Record<string, unknown>>) => ({
    form: { id: '1', input: Object.entries(answers).map(([question, answer]) => ({ question, answer })) },
  })
  const candidateOf = (action: readonly object[], change: object = {}, settings = {}) =>
    only(
      received(
        'humansourcing',
        [{ event: 'update', type: 'candidate', data: { id: 9, ...change, action } }],
        settings,
      ).candidates,
    )
  const answered = (answers: Readonly<Record<string, unknown>>, change: object = {}) =>
    candidateOf([act('CAND', APPLIED, form(answers))], change)

  it.each([
    ['Anglais', 'Opérationel', [{ name: 'Anglais', code: 'en', proficiency: 'Opérationel' }]],
    ["Niveau d'anglais *", 'B2', [{ name: 'anglais', code: 'en', proficiency: 'B2' }]],
    ['Maîtrise de l’anglais', 'B2', [{ name: 'anglais', code: 'en', proficiency: 'B2' }]],
    ['Kunskaper i svenska', 'flytande', [{ name: 'svenska', code: 'sv', proficiency: 'flytande' }]],
    ['Espagnol (lu, écrit, parlé)', 'Oui', [{ name: 'Espagnol', code: 'es', proficiency: null }]],
    ['German level', 'fluent', [{ name: 'German', code: 'de', proficiency: 'fluent' }]],
    ['Allemand', 'Aucun', []],
    ['Anglais', '', []],
    [
      'Langues parlées',
      'Anglais (courant), Arabe et Espagnol : B1',
      [
        { name: 'Anglais', code: 'en', proficiency: 'courant' },
        { name: 'Arabe', code: 'ar', proficiency: null },
        { name: 'Espagnol', code: 'es', proficiency: 'B1' },
      ],
    ],
    ['Fonction', 'Vente terrain', []],
  ])('who is asked for %s and answers %j speaks %j', (question, answer, languages) => {
    expect(answered({ [question]: answer }).languages).toEqual(languages)
  })

  it('the language that is said twice counts as it is asked for alone', () => {
    expect(answered({ Langues: 'Anglais, Italien', Anglais: 'C1' }).languages).toEqual([
      { name: 'Anglais', code: 'en', proficiency: 'C1' },
      { name: 'Italien', code: 'it', proficiency: null },
    ])
  })

  it.each([
    ['Disponibilité', '01/04/2026', { availability: '01/04/2026', available_from: day('2026-04-01') }],
    ['Date de disponibilité', '2026-04-01', { available_from: day('2026-04-01') }],
    ['Préavis', '3 mois', { availability: '3 mois', available_from: null }],
    ['Disponible à partir du', 'avril 2026', { availability: 'avril 2026', available_from: null }],
    ['Notice period', 'none', { availability: null, available_from: null }],
    ['Mobilité professionnelle', 'France', { availability: null, available_from: null }],
  ])('who is asked for %s and answers %s is available so', (question, answer, expected) => {
    expect(answered({ [question]: answer })).toMatchObject(expected)
  })

  it('keeps the links, the level and the address that were answered', () => {
    const candidate = answered(
      {
        'Profil LinkedIn': 'www.linkedin.com/in/mina',
        'Site web': 'https://mina.example.org/',
        Portfolio: 'sur demande',
        "Niveau d'études": 'Bac+5',
        'E-mail': 'Mina@Example.org',
        'E-mail secondaire': 'mina@work.example.org',
        'Autre adresse e-mail': 'a@b',
      },
      { email: 'mina@example.org' },
    )
    expect(candidate.links).toEqual([
      { url: 'https://www.linkedin.com/in/mina', type: 'Profil LinkedIn' },
      { url: 'https://mina.example.org/', type: 'Site web' },
    ])
    expect(candidate.educations).toMatchObject([
      { degree: 'Bac+5', institution: null, start_precision: 'UNKNOWN' },
    ])
    expect(candidate).toMatchObject({ email: 'mina@example.org', further_emails: ['mina@work.example.org'] })
  })

  it('an address of an earlier form is one more, and that of the person is not', () => {
    const earlier = act('CAND', '2025-02-20T18:00:00+01:00', form({ Courriel: 'old@example.org' }))
    const later = act('CAND', APPLIED, form({ Courriel: 'mina@example.org' }))
    expect(candidateOf([later, earlier])).toMatchObject({
      email: 'mina@example.org',
      further_emails: ['old@example.org'],
    })
  })

  it.each([
    ["J'accepte la politique de confidentialité (RGPD)", 'Oui', Date.parse(APPLIED)],
    ['Consentement RGPD', "J'accepte", Date.parse(APPLIED)],
    ['Consentement RGPD', 'Non', null],
    ['Retrait du consentement', 'Oui', null],
    ['Consent date', '2026-02-01', Date.parse('2026-02-01')],
    ["J'accepte de recevoir vos offres", 'Oui', null],
  ])('who answers %s with %s has agreed at %s', (question, answer, consented_at) => {
    expect(answered({ [question]: answer }).consented_at).toBe(consented_at)
  })

  it('credits an application to the consultant of it, and no one where nobody applied', () => {
    const [application] = candidateOf([act('CAND', APPLIED)]).applications
    expect(application?.credited_to).toMatchObject({
      external_id: '3144',
      last_name: 'DURANT',
      account_id: '128',
    })
    expect(candidateOf([act('TEL', APPLIED)]).applications[0]?.credited_to).toBeNull()
  })

  it.each([
    ['KO', { rejected_at: Date.parse('2026-02-21T10:00:00Z'), hired_at: null, stage: 'REJECTED' }],
    ['EMB', { rejected_at: null, hired_at: Date.parse('2026-02-21T10:00:00Z'), stage: 'HIRED' }],
    ['CLO', { rejected_at: null, hired_at: null, stage: 'UNKNOWN' }],
  ])('the action %s ends an application where the customer says what it means', (code, expected) => {
    const settings = { hired_codes: 'EMB', rejected_codes: 'KO,REF' }
    const end = act(code, '2026-02-21T11:00:00+01:00')
    const [application] = candidateOf([end, act('CAND', APPLIED)], {}, settings).applications
    expect(application).toMatchObject(expected)
    const again = act('CAND', '2026-02-22T11:00:00+01:00')
    const [renewed] = candidateOf([again, end, act('CAND', APPLIED)], {}, settings).applications
    expect(renewed).toMatchObject({ rejected_at: null, hired_at: null })
  })
})

describe('idibu', () => {
  const CREATOR = {
    id: '123',
    profile_id: '456',
    email: 'tim@example.org',
    firstname: 'Tim',
    lastname: 'Parker',
  }
  const candidateOf = (payload: object) =>
    only(
      received('idibu', {
        payload: { id: '12345', created_by: CREATOR, ...payload },
        'payload-information': { webhook_event: 'candidate.create', timestamp: DAY },
      }).candidates,
    )

  it('credits the only vacancy to the consultant, and of two neither', () => {
    const [first] = candidateOf({ vacancies: [{ id: '1' }] }).applications
    expect(first?.credited_to).toMatchObject({ external_id: '456', email: 'tim@example.org' })
    const { applications, owner } = candidateOf({ vacancies: [{ id: '1' }, { id: '2' }] })
    expect(applications.map(({ credited_to }) => credited_to)).toEqual([null, null])
    expect(owner).toMatchObject({ external_id: '456' })
  })

  it('keeps the education that was parsed out of a CV', () => {
    const education_history = [
      {
        institution: 'Leeds',
        degree: 'BSc',
        field_of_study: 'Physics',
        start_date: '09/2012',
        end_date: '2015',
      },
      { School: 'Open University', Qualification: { label: 'MBA' }, endDate: 'Present' },
      'A levels',
      { start_date: '2001' },
    ]
    expect(candidateOf({ education_history }).educations).toMatchObject([
      {
        ...{ institution: 'Leeds', degree: 'BSc', field_of_study: 'Physics' },
        ...{ start_date: day('2012-09-01'), start_precision: 'MONTH' },
        ...{ end_date: day('2015-12-31'), end_precision: 'YEAR' },
      },
      { institution: 'Open University', degree: 'MBA', end_date: null, end_precision: 'UNKNOWN' },
      { institution: null, degree: 'A levels' },
    ])
  })

  it('reads the fields of an account that ask for what the record has', () => {
    const custom_fields = [
      { name: 'Notice period', value: '4 weeks' },
      { name: 'LinkedIn', value: 'https://www.linkedin.com/in/jess' },
      { name: 'Second email', value: 'jess@work.example.org' },
      { name: 'Languages', value: 'English, Polish (native)' },
    ]
    expect(candidateOf({ email: 'jess@example.org', custom_fields })).toMatchObject({
      availability: '4 weeks',
      links: [{ url: 'https://www.linkedin.com/in/jess', type: 'LinkedIn' }],
      further_emails: ['jess@work.example.org'],
      languages: [
        { name: 'English', code: 'en', proficiency: null },
        { name: 'Polish', code: 'pl', proficiency: 'native' },
      ],
      custom_fields: { 'Notice period': '"4 weeks"' },
    })
  })
})

describe('Jobylon', () => {
  const jobOf = (job: object) =>
    only(received('jobylon', { event_type: 'job', action: 'new', data: { company: { id: 'c' }, job } }).jobs)
  const candidateOf = (candidate: object, settings = {}) =>
    only(
      received(
        'jobylon',
        {
          event_type: 'candidate',
          action: 'new',
          data: { candidate: { id: 'a', ...candidate }, job: { id: 'j' } },
        },
        settings,
      ).candidates,
    )

  it.each([
    [
      {
        categories: [
          { id: 430, text: 'Office 1' },
          { id: 432, text: 'Full time' },
        ],
      },
      'FULL_TIME',
      'Full time',
    ],
    [
      { layers: [{ id: 1, name: 'Employment type', layer_name: 'Deltid' }] },
      'PART_TIME',
      'Employment type: Deltid',
    ],
    [{ categories: [{ id: 1, text: 'Heltid, tillsvidare' }] }, 'FULL_TIME', 'Heltid, tillsvidare'],
    [{ categories: [{ id: 1, text: 'Internship' }] }, 'INTERN', 'Internship'],
    [{ categories: [{ id: 1, text: 'Contract management' }] }, 'UNKNOWN', null],
    [{ departments: [{ id: 1, name: 'Temporary' }] }, 'UNKNOWN', null],
    [{ layers: [{ id: 192, name: 'Team', layer_name: 'Internal software' }] }, 'UNKNOWN', null],
  ])('a job with %j is %s', (labels, employment_type, employment_type_raw) => {
    expect(jobOf({ id: 'j', ...labels })).toMatchObject({ employment_type, employment_type_raw })
  })

  it('was closed as its last day ended, and is not before', () => {
    expect(jobOf({ id: 'j', to_date: '2026-02-25' }).closed_at).toBe(Date.parse('2026-02-26T00:00:00Z'))
    expect(jobOf({ id: 'j', to_date: '2026-02-26' }).closed_at).toBeNull()
  })

  it.each([
    [{ id: 7, name: 'Overqualified', group: 19 }, 'Overqualified'],
    [{ id: 7, name: 'Avslag', group: 19 }, null],
    [{ id: 7, name: 'Overqualified', group: 1 }, null],
  ])('of the status %j the reason is %j', (status, reason) => {
    expect(candidateOf({ status }).applications[0]?.reject_reason).toBe(reason)
  })

  it('reads the day of a start among the fields that may be copied, and nowhere else', () => {
    const data = { startingDate: '2026-04-01', iban: 'SE00' }
    expect(candidateOf({ data }, { data_keys: 'startingDate' })).toMatchObject({
      available_from: day('2026-04-01'),
      availability: '2026-04-01',
    })
    expect(candidateOf({ data })).toMatchObject({ available_from: null, availability: null })
  })
})
