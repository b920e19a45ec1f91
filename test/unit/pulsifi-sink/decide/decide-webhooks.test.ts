/** Who is invited, and who is not, from what the vendors send: the sources, the normalizer and the sink in one. */
import { describe, expect, it } from 'vitest'
import { type Webhook, WebhookStory } from '../../../support/webhook-story.ts'

const ADVERT = [
  'You join a small team that looks after forty guests from breakfast to late evening. You plan the rooms and the tables, ',
  'greet whoever arrives, answer the telephone and keep the books of the day. You speak with suppliers, order what is needed ',
  'and show new colleagues how we work. Two weekends of every month are free, and the shifts are known six weeks ahead.',
].join('')
const PERSON = { first_name: 'Mina', last_name: 'Okafor', email: 'mina.okafor@example.org' }
const DAY = '2026-02-26T10:00:00Z'
const APPLIED = '2026-02-25T18:00:00+01:00'

const hs = (event: string, type: string, data: object, at = DAY): Webhook => ({
  ...{ source: 'humansourcing', body: [{ event, type, data }], at },
})
const hsJob = (id: number, change: object = {}) =>
  hs('creation', 'job', {
    ...{ job_id: id, job_title: 'Réceptionniste', job_description: ADVERT, job_reference: `ref-${id}` },
    ...change,
  })
const action = (id: number, job: number, code: string, default_type: string, date = APPLIED) => ({
  ...{ id, code, default_type, date },
  poste: { id: String(job), title: 'Réceptionniste' },
})
const applied = (id: number, job: number, date?: string) => action(id, job, 'CAND', '4', date)
const hsCandidate = (
  id: number,
  actions: readonly object[],
  { at = DAY, latest_action = APPLIED, ...change }: Record<string, unknown> & { at?: string } = {},
) => hs('update', 'candidate', { id, ...PERSON, ...change, action: actions, latest_action }, at)

const cc = (id: number | string, change: object = {}, person: object = {}): Webhook => ({
  ...{ source: 'cleverconnect', at: DAY, settings: { job_source: 'humansourcing' } },
  body: {
    ...{ id, jobId: '31', attachments: [] },
    candidate: { firstName: PERSON.first_name, lastName: PERSON.last_name, email: PERSON.email, ...person },
    ...change,
  },
})

const jobOfJobylon = (id: string, change: object = {}) => ({
  ...{ id, title: 'Receptionist', description: ADVERT, skills: 'Booking\nReception' },
  ...{ from_date: '2026-02-01', to_date: '2026-04-30', ...change },
})
const jobylon = (data: object, at = DAY, event_type = 'candidate', act = 'new'): Webhook => ({
  ...{ source: 'jobylon', at },
  body: { event_type, action: act, data: { company: { id: 'c-1' }, ...data } },
})

const idibu = (webhook_event: string, payload: object, at = DAY): Webhook => ({
  ...{ source: 'idibu', at },
  body: { payload, 'payload-information': { webhook_event, timestamp: at } },
})
const vacancy = (id: string) =>
  idibu('vacancy.create', {
    ...{
      id,
      title: 'Receptionist',
      status: 'Live',
      description: ADVERT,
      search_keywords: 'booking, reception',
    },
    creation_date: '2026-02-01T08:00:00Z',
  })
const idibuCandidate = (vacancies: readonly string[], change: object = {}, at = DAY) =>
  idibu(
    'candidate.update',
    {
      ...{ id: '55', firstname: PERSON.first_name, lastname: PERSON.last_name, email: PERSON.email },
      ...{ comms_status: 'applied', creation_date: '2026-02-26T09:00:00Z', ...change },
      vacancies: vacancies.map(id => ({
        id,
        title: 'Receptionist',
        status: { id: '11', label: 'Applicants' },
      })),
    },
    at,
  )

const direct = (data: object, type = 'candidate'): Webhook => ({
  ...{ source: 'direct', at: DAY, body: { type, action: 'upsert', data } },
})

/** What became of each application, by its key without source and tenant. */
function outcomes(...webhooks: readonly Webhook[]): Record<string, string> {
  const story = new WebhookStory()
  for (const webhook of webhooks) story.receive(webhook)
  return story.outcomes()
}

describe('one person is invited once for one job', () => {
  it('who comes by CleverConnect and by the system that CleverConnect delivers to as well', () => {
    expect(outcomes(hsJob(31), cc(700), hsCandidate(9, [applied(1, 31)]))).toEqual({
      ...{ '700': 'INVITED', '9#31': 'SKIPPED PERSON_ALREADY_INVITED:cleverconnect:default:700' },
    })
  })

  it('whoever of the two is first', () => {
    expect(outcomes(cc(700), hsCandidate(9, [applied(1, 31)]), hsJob(31))).toEqual({
      ...{ '700': 'INVITED', '9#31': 'SKIPPED PERSON_ALREADY_INVITED:cleverconnect:default:700' },
    })
  })

  it('who has two records at one source, with her address in another case', () => {
    const again = hsCandidate(2, [applied(2, 31)], { email: 'Mina.Okafor@EXAMPLE.org' })
    expect(outcomes(hsJob(31), hsCandidate(1, [applied(1, 31)]), again)).toEqual({
      ...{ '1#31': 'INVITED', '2#31': 'SKIPPED PERSON_ALREADY_INVITED:humansourcing:default:1#31' },
    })
  })

  it('and for another job once more', () => {
    const of = (id: string, job: string) => jobylon({ candidate: { id, ...PERSON }, job: jobOfJobylon(job) })
    expect(outcomes(of('a', 'j1'), of('b', 'j2'), of('c', 'j1'))).toEqual({
      ...{ a: 'INVITED', b: 'INVITED', c: 'SKIPPED PERSON_ALREADY_INVITED:jobylon:default:a' },
    })
  })

  it('where one names the job by its id and the other by its reference', () => {
    expect(outcomes(hsJob(31), cc(700, { jobId: 'ref-31' }), cc(701, { jobId: 31 }))).toEqual({
      ...{ '700': 'INVITED', '701': 'SKIPPED PERSON_ALREADY_INVITED:cleverconnect:default:700' },
    })
  })

  it('but two persons with the same name are two', () => {
    expect(outcomes(hsJob(31), cc(700), cc(701, {}, { email: 'other@example.org' }))).toEqual({
      ...{ '700': 'INVITED', '701': 'INVITED' },
    })
  })
})

describe('at Human Sourcing', () => {
  it.each([
    ['who was only phoned', [action(1, 31, 'TEL', '12')], 'SKIPPED NOT_APPLICANT_STATUS'],
    ['who was only sent a mailing', [action(1, 31, 'MAIL', '7')], 'SKIPPED NOT_APPLICANT_STATUS'],
    ['who was only acknowledged', [action(1, 31, 'AR_a', '93')], 'INVITED'],
    ['who was only closed', [action(1, 31, 'CLO', '56')], 'SKIPPED APPLICATION_CLOSED'],
    [
      'who was closed and has applied again',
      [
        applied(1, 31, '2026-01-05T10:00:00Z'),
        action(2, 31, 'CLO', '56', '2026-01-10T10:00:00Z'),
        applied(3, 31),
      ],
      'INVITED',
    ],
  ])('somebody %s', (_who, actions, outcome) => {
    expect(outcomes(hsJob(31), hsCandidate(9, actions))).toEqual({ '9#31': outcome })
  })

  it('each application is judged by itself', () => {
    const actions = [
      applied(1, 31),
      applied(2, 32),
      action(3, 32, 'CLO', '56', '2026-02-26T18:00:00+01:00'),
      applied(4, 33, '2019-03-01T10:00:00Z'),
    ]
    expect(outcomes(hsJob(31), hsJob(32), hsJob(33), hsCandidate(9, actions))).toEqual({
      ...{ '9#31': 'INVITED', '9#32': 'SKIPPED APPLICATION_CLOSED', '9#33': 'SKIPPED BEFORE_INVITE_SINCE' },
    })
  })

  it('an appointment that is cancelled hides no later application', () => {
    const appointment = action(2, 31, 'ENT', '20', '2026-03-20T10:00:00+01:00')
    const planned = hsCandidate(9, [applied(1, 31), appointment], {
      latest_action: '2026-03-20T10:00:00+01:00',
    })
    const cancelled = hsCandidate(9, [applied(1, 31), applied(3, 32, '2026-02-28T09:59:00+01:00')], {
      ...{ latest_action: '2026-02-28T09:59:00+01:00', at: '2026-02-28T09:00:00Z' },
    })
    expect(outcomes(hsJob(31), hsJob(32), planned, cancelled)).toMatchObject({ '9#32': 'INVITED' })
  })

  it('an application waits for its job, and for no job that was deleted', () => {
    const waiting = hsCandidate(9, [applied(1, 31)])
    const deletion = hs('delete', 'job', { job_id: 31 }, '2026-03-01T11:00:00Z')
    expect(outcomes(waiting)).toEqual({ '9#31': 'WAITING JOB_UNBOUND' })
    expect(outcomes(waiting, hsJob(31))).toEqual({ '9#31': 'INVITED' })
    expect(outcomes(hsJob(31), deletion, waiting)).toEqual({ '9#31': 'SKIPPED JOB_CLOSED' })
  })

  it('a deletion stands that overtakes its creation', () => {
    const deletion = hs('delete', 'candidate', { id: 9 }, '2026-02-26T12:00:00Z')
    const creation = hsCandidate(9, [applied(1, 31)], { at: '2026-02-26T12:00:05Z' })
    const story = new WebhookStory().receive(hsJob(31)).receive(deletion).receive(creation)
    expect([story.outcomes(), story.refused, story.calls]).toEqual([{}, ['stale'], []])
  })

  it('a pool of spontaneous applications is no vacancy, whatever it is called', () => {
    const pool = hsJob(31, { job_type: 'spontanee' })
    const untyped = hsJob(32, { job_title: 'Candidature spontanée' })
    expect(outcomes(pool, untyped, hsCandidate(9, [applied(1, 31), applied(2, 32)]))).toEqual({
      ...{ '9#31': 'SKIPPED SPONTANEOUS_JOB', '9#32': 'SKIPPED SPONTANEOUS_JOB' },
    })
  })
})

describe('at idibu', () => {
  it('somebody is invited who has been in the database for years and applies to a new vacancy', () => {
    const returning = idibuCandidate(['31'], { creation_date: '2019-05-04T10:00:00Z' })
    expect(outcomes(vacancy('31'), returning)).toEqual({ '55#31': 'INVITED' })
  })

  it('a second vacancy in an update is a second application', () => {
    const later = idibuCandidate(['31', '32'], {}, '2026-02-27T10:00:00Z')
    expect(outcomes(vacancy('31'), vacancy('32'), idibuCandidate(['31']), later)).toEqual({
      ...{ '55#31': 'INVITED', '55#32': 'INVITED' },
    })
  })

  it('whoever opts in later is invited then', () => {
    const out = idibuCandidate(['31'], { comms_status: 'unsubscribed' })
    const back = idibuCandidate(['31'], {}, '2026-02-27T10:00:00Z')
    expect(outcomes(vacancy('31'), out)).toEqual({ '55#31': 'SKIPPED OPTED_OUT' })
    expect(outcomes(vacancy('31'), out, back)).toEqual({ '55#31': 'INVITED' })
  })

  it('a CV that a consultant imports is no application', () => {
    const story = new WebhookStory().receive(idibuCandidate([], { source: 'CV import' }))
    expect([story.candidates.size, story.outcomes()]).toEqual([1, {}])
  })

  it.each([
    ['a later body of the same second', '2026-02-26T10:00:00Z', 'new@example.org', []],
    ['a repeat after a newer body', '2026-02-25T10:00:00Z', PERSON.email, ['stale']],
  ])('%s', (_what, timestamp, email, refused) => {
    const other = idibuCandidate(['31'], { email: 'new@example.org' }, timestamp)
    const story = new WebhookStory()
      .receive(idibuCandidate(['31']))
      .receive({ ...other, at: '2026-02-28T02:00:00Z' })
    expect(story.candidates.get('idibu:default:55')?.email).toBe(email)
    expect(story.refused).toEqual(refused)
  })
})

describe('at Jobylon', () => {
  const candidate = { id: 'k', ...PERSON }

  it('sending somebody is the request, also for a job that is closed', () => {
    const job = jobOfJobylon('j', { from_date: '2025-10-01', to_date: '2025-12-31' })
    expect(outcomes(jobylon({ candidate, job }))).toEqual({ k: 'INVITED' })
  })

  it.each([[null], [{}], [undefined]])('a candidate is kept whose job is %j', job => {
    const story = new WebhookStory().receive(jobylon({ candidate, job }))
    expect([...story.candidates.keys()]).toEqual(['jobylon:default:k'])
    expect(story.calls).toEqual([])
  })

  it('a candidate of whom nothing but the id is known is blocked, and says why', () => {
    expect(outcomes(jobylon({ candidate: { id: 'k' }, job: { id: 'j' } }))).toEqual({
      k: 'BLOCKED EMAIL_MISSING,NAME_MISSING',
    })
  })

  it('an older body that is tried again replaces no newer one', () => {
    const of = (title: string, at: string, act: string) =>
      jobylon({ job: jobOfJobylon('j', { title }) }, at, 'job', act)
    const story = new WebhookStory()
      .receive(of('Old', '2026-02-26T10:00:00Z', 'new'))
      .receive(of('New', '2026-02-26T10:05:00Z', 'update'))
      .receive(of('Old', '2026-02-26T10:18:00Z', 'new'))
    expect([story.jobs.get('jobylon:default:j')?.title, story.refused]).toEqual(['New', ['stale']])
  })
})

it.each([
  ['NEW', 'INVITED'],
  ['ON_HOLD', 'INVITED'],
  ['HIRED', 'SKIPPED APPLICATION_CLOSED'],
  ['REJECTED', 'SKIPPED APPLICATION_CLOSED'],
  ['WITHDRAWN', 'SKIPPED APPLICATION_CLOSED'],
])('an application of our own form at stage %s: %s', (stage, outcome) => {
  const applications = [{ job: { external_id: 'j' }, applied_at: '2026-02-25T10:00:00Z', stage }]
  const job = { external_id: 'j', title: 'Receptionist', description: ADVERT, skills: ['Reception'] }
  expect(outcomes(direct(job, 'job'), direct({ external_id: 'c', ...PERSON, applications }))).toEqual({
    'c#j': outcome,
  })
})

describe('what is missing or odd', () => {
  it.each([
    ['no name', { first_name: '', last_name: '' }, 'BLOCKED NAME_MISSING'],
    ['one name', { first_name: '', last_name: 'Suharto' }, 'INVITED'],
    ['a name of invisible characters', { first_name: '\u200b', last_name: '' }, 'BLOCKED NAME_MISSING'],
    ['an address that is false', { email: false }, 'BLOCKED EMAIL_MISSING'],
    ['an address that no server takes', { email: 'mina@example' }, 'BLOCKED EMAIL_INVALID'],
    ['an address in angle brackets', { email: '<mina@example.org>' }, 'INVITED'],
  ])('somebody with %s', (_what, person, outcome) => {
    expect(outcomes(hsJob(31), hsCandidate(9, [applied(1, 31)], person))).toEqual({ '9#31': outcome })
  })

  it('empty, null and absent say the same', () => {
    const story = new WebhookStory()
    for (const email of ['', null, undefined, '  ', false]) story.receive(hsCandidate(9, [], { email }))
    expect(story.refused).toEqual(['same', 'same', 'same', 'same'])
  })

  it('one unreadable element costs none of its neighbours', () => {
    const body = [
      ...(hsJob(31).body as object[]),
      { event: 'update' },
      ...(hsCandidate(9, [applied(1, 31)]).body as object[]),
    ]
    const story = new WebhookStory().receive({ source: 'humansourcing', body, at: DAY })
    expect([story.outcomes(), story.refused]).toEqual([{ '9#31': 'INVITED' }, ['NOT_ROUTABLE']])
  })

  it.each([
    ['a word that nobody knows', [{ event: 'created', type: 'job', data: { job_id: 1 } }], 'KIND_UNKNOWN'],
    ['an empty list', [], 'NOT_ROUTABLE'],
    ['a list in a list', [hsJob(31).body], 'NOT_ROUTABLE'],
    ['another envelope', { events: hsJob(31).body }, 'NOT_ROUTABLE'],
  ])('%s is kept as a dead letter', (_what, body, code) => {
    expect(new WebhookStory().receive({ source: 'humansourcing', body, at: DAY }).refused).toEqual([code])
  })

  it('events are written in any case', () => {
    expect(
      outcomes(
        hs('Creation', 'Job', { job_id: 31, job_title: 'R', job_description: ADVERT }),
        hsCandidate(9, [applied(1, 31)]),
      ),
    ).toEqual({ '9#31': 'INVITED' })
  })

  it('a body in the character set that it is said to be in is read', () => {
    const text = JSON.stringify(hsCandidate(9, [], { first_name: 'Éloïse' }).body)
    const headers = { 'content-type': 'application/json; charset=windows-1252' }
    const story = new WebhookStory().receive({
      source: 'humansourcing',
      body: Buffer.from(text, 'latin1'),
      at: DAY,
      headers,
    })
    expect(story.candidates.get('humansourcing:default:9')?.first_name).toBe('Éloïse')
  })
})
