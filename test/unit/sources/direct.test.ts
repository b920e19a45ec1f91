import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApplicationStage } from '../../../schemas/types.ts'
import { emptyApplication, emptyJobRef } from '../../../services/core/canonical.ts'
import source from '../../../services/sources/direct/source.ts'
import { EVENTS_MAX } from '../../../services/sources/parse-body.ts'
import { mapEvent, type Source } from '../../../services/sources/source.ts'
import { candidateRecord } from '../../support/candidate-record.ts'

const { trigger }: Source = source
const NDJSON = { 'content-type': 'application/x-ndjson' }
const split = (text: string, headers: Record<string, string> = {}) =>
  source.split({ headers, body: new TextEncoder().encode(text) })
const elementOf = (type: string, action: string, data: unknown) => ({ type, action, data })
const context = { tenant: 'default', receivedAtMs: 0, deliveryId: null, settings: {} }
const mapped = (type: string, data: unknown) =>
  mapEvent(source, `${type}.upsert`, elementOf(type, 'upsert', data), context)
const candidateOf = (data: unknown) => {
  const outcome = mapped('candidate', data)
  return outcome.type === 'ok' && outcome.value.type === 'candidate' ? outcome.value.draft : null
}
const jobOf = (data: unknown) => {
  const outcome = mapped('job', data)
  return outcome.type === 'ok' && outcome.value.type === 'job' ? outcome.value.draft : null
}

describe('split', () => {
  const texts = [
    '{"type":"job", "action":"delete","data":{"external_id":900719925474099312, "x":1.50}}',
    '{ "action":"delete","type":"candidate","data":{"external_id":"1","external_id":"2"} }',
  ]
  const events = [
    { text: texts[0], entity: { type: 'job', externalId: '900719925474099312' } },
    { text: texts[1], entity: { type: 'candidate', externalId: '2' } },
  ]

  it.each([
    ['an array', ` [\n${texts.join(' ,\n')}]\n`, {}],
    ['lines', `${texts.join('\n')}\n`, NDJSON],
    ['lines that end as on Windows', texts.join('\r\n'), NDJSON],
    ['lines that nobody announced', `\n${texts.join('\n\n')}\n`, {}],
    ['lines after a byte order mark', `\ufeff${texts.join('\n')}`, NDJSON],
  ])('stores the very text of each element of %s', (_name, body, headers) => {
    expect(split(body, headers)).toMatchObject({ value: events })
  })

  it('keeps what one line is, whatever its neighbours are', () => {
    const good = JSON.stringify(elementOf('job', 'delete', { external_id: '1' }))
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.json(), fc.constant(good)), { minLength: 1 }),
        neighbours => {
          const lines = [good, ...neighbours.map(text => text.replace(/[\r\n]/g, ' ')), good]
          const outcome = split(lines.join('\n'), NDJSON)
          const kept = lines.filter(line => line.trim() !== '')
          expect(outcome.type === 'ok' && outcome.value.length).toBe(kept.length)
          expect(outcome.type === 'ok' && outcome.value.at(-1)?.text).toBe(good)
          const routed =
            outcome.type === 'ok' ? outcome.value.filter(event => event.kind === 'job.delete') : []
          expect(routed.length).toBeGreaterThanOrEqual(2)
        },
      ),
    )
  })

  it('keeps a line that is not JSON as a JSON string, to the last character', () => {
    const line = '{"type":"job","action":"delete","data":{"external_id":"1"'
    const outcome = split(`${texts[0]}\n${line}`, NDJSON)
    expect(outcome.type === 'ok' && JSON.parse(outcome.value[1]?.text ?? '')).toBe(line)
  })

  it('takes as many elements as are allowed and refuses one more', () => {
    const bodyOf = (count: number) => `${texts[0]}\n`.repeat(count)
    expect(split(bodyOf(EVENTS_MAX), NDJSON)).toMatchObject({ type: 'ok' })
    expect(split(bodyOf(EVENTS_MAX + 1), NDJSON)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
    expect(split(`[${'0,'.repeat(EVENTS_MAX)}0]`)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
  })

  it.each([
    '7',
    'null',
    '{}',
    '{"type":"job"}',
    '{"type":"offer","action":"upsert","data":{"external_id":"1"}}',
  ])('refuses %s when it is alone', text => {
    expect(split(text)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
    expect(split(`[${text}]`)).toMatchObject({ type: 'reject', code: 'NOT_ROUTABLE' })
  })

  it.each(['', ' \n ', '{', '{\n"type":"job"\n', 'type=job'])(
    'refuses %j, which is JSON in no form',
    text => {
      expect(split(text)).toMatchObject({ type: 'reject', code: 'BODY_UNREADABLE' })
    },
  )

  it.each([[''], ['  '], ['a#b'], ['a\u0000b'], ['a\nb'], [null], [1.5], [true], [['1']]])(
    'does not route a candidate by the id %j',
    external_id => {
      expect(split(JSON.stringify(elementOf('candidate', 'upsert', { external_id })))).toMatchObject({
        type: 'reject',
        code: 'NOT_ROUTABLE',
      })
    },
  )

  it('names the field at fault and never what was in it', () => {
    const text = JSON.stringify(elementOf('candidate', 'upsert', { external_id: 'ada#example.com' }))
    expect(JSON.stringify(split(text))).not.toContain('ada')
  })
})

describe('a date', () => {
  it.each([
    ['2026-01-15', 20468],
    ['2026-01-15T23:30:00-05:00', 20468],
    ['2026-01-15T00:30:00+02:00', 20468],
    ['1969-12-31', -1],
    [null, null],
    [undefined, null],
  ])('%j is the day %j, as written', (valid_through, day) => {
    expect(jobOf({ external_id: '1', valid_through })?.valid_through).toBe(day)
  })

  it.each([
    ['2026-01-15T09:30:00Z', Date.UTC(2026, 0, 15, 9, 30)],
    ['2026-01-15T09:30:00.5+02:00', Date.UTC(2026, 0, 15, 7, 30, 0, 500)],
    ['2026-01-15', Date.UTC(2026, 0, 15)],
  ])('%s is the moment %i', (created_at, ms) => {
    expect(candidateOf({ external_id: '1', created_at })?.created_at).toBe(ms)
  })

  it.each(['2026-02-30', '15/01/2026', 'soon', '', 20468, 1768469400000, '2026-01-15T09:30:00'])(
    '%j is a fault, because an old application without its date would be invited',
    applied_at => {
      const data = { external_id: '1', applications: [{ job: '2', applied_at }] }
      expect(mapped('candidate', data)).toMatchObject({ type: 'reject', code: 'PAYLOAD_INVALID' })
    },
  )

  it('never reads a text that it accepts as absent', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), date => {
        expect(candidateOf({ external_id: '1', created_at: date.toISOString() })?.created_at).toBe(
          date.getTime(),
        )
      }),
    )
  })
})

describe('an application', () => {
  const idsOf = (external_id: string, jobs: readonly string[]) =>
    candidateOf({ external_id, applications: jobs.map(job => ({ job })) })?.applications.map(
      application => application.external_id,
    )

  it('is the candidate and the job when it has no id', () => {
    expect(idsOf('c-1', ['j-1', 'j-2'])).toEqual(['c-1_j-1', 'c-1_j-2'])
  })

  it('is never taken for another one, wherever the ids are cut', () => {
    const id = fc.stringMatching(/^[a_]{1,5}$/)
    fc.assert(
      fc.property(id, id, id, id, (candidate, job, otherCandidate, otherJob) => {
        fc.pre(candidate !== otherCandidate || job !== otherJob)
        expect(idsOf(candidate, [job])).not.toEqual(idsOf(otherCandidate, [otherJob]))
      }),
    )
  })

  it('may name a job that another source sends', () => {
    const job = { external_id: '126751', source: 'humansourcing' }
    expect(candidateOf({ external_id: '1', applications: [{ job }] })?.applications[0]?.job).toMatchObject(
      job,
    )
  })

  it.each<[ApplicationStage, string]>([
    ['UNKNOWN', 'invite'],
    ['NEW', 'invite'],
    ['IN_PROGRESS', 'invite'],
    ['ON_HOLD', 'invite'],
    ['HIRED', 'APPLICATION_CLOSED'],
    ['REJECTED', 'APPLICATION_CLOSED'],
    ['WITHDRAWN', 'APPLICATION_CLOSED'],
  ])('at stage %s asks for: %s', (stage, verdict) => {
    const application = {
      ...emptyApplication('1', emptyJobRef('direct', '2')),
      stage,
      application_key: 'direct:default:1',
      job: { ...emptyJobRef('direct', '2'), job_key: 'direct:default:2' },
    }
    const asked = {
      candidate: candidateRecord({}),
      settings: {},
      applicationSeen: false,
      candidateSeen: false,
      inviteSinceMs: 0,
      jobPostedMs: null,
    }
    expect(trigger(application, asked)).toBe(verdict)
  })
})

describe('a job', () => {
  it('takes skills as words and as records, in the order sent', () => {
    expect(jobOf({ external_id: '1', skills: ['Kafka', { name: 'Avro', uri: 'u' }] })?.skills).toEqual([
      { name: 'Kafka', uri: null, origin: 'SOURCE' },
      { name: 'Avro', uri: 'u', origin: 'SOURCE' },
    ])
  })

  it.each([
    [{ country_code: 'fra' }, 'FR'],
    [{ country_code: 'somewhere', country: 'Sverige' }, 'SE'],
    [{ country: 'somewhere' }, null],
  ])('finds the country of %j', (location, code) => {
    expect(jobOf({ external_id: '1', locations: [location] })?.locations[0]?.country_code).toBe(code)
  })

  it('keeps free fields of whatever name', () => {
    const job = jobOf(JSON.parse('{"external_id":"1","custom_fields":{"__proto__":{"a":1},"b":2}}'))
    expect(Object.entries(job?.custom_fields ?? {})).toEqual([
      ['__proto__', '{"a":1}'],
      ['b', '2'],
    ])
  })

  it('loses no more than a field that nobody decides by', () => {
    expect(
      mapped('job', { external_id: '1', title: 'Chef', posting_url: 'javascript:alert(1)' }),
    ).toMatchObject({
      type: 'ok',
      value: { warnings: ['FIELD_DROPPED:data.posting_url'], draft: { title: 'Chef', posting_url: null } },
    })
  })

  it.each([[{ titel: 'Chef' }], [{ job_key: 'direct:default:1' }], [{ status: 'open' }]])(
    'with %j is refused rather than half read',
    extra => {
      expect(mapped('job', { external_id: '1', ...extra })).toMatchObject({
        type: 'reject',
        code: 'PAYLOAD_INVALID',
      })
    },
  )
})

it.each([
  [{ start_date: '2020-03', end_date: '2021' }, [18_322, 18_992, 'MONTH', 'YEAR', false]],
  [{ start_date: 2020 }, [18_262, null, 'YEAR', 'UNKNOWN', true]],
  [{ start_date: '2020-03-05', end_date: 'present' }, [18_326, null, 'DAY', 'UNKNOWN', true]],
  [{ start_date: null, end_date: '2018-01-01' }, [null, 17_532, 'UNKNOWN', 'DAY', false]],
])('reads the days of a position as far as they are known: %j', (days, expected) => {
  const draft = candidateOf({
    external_id: '1',
    work_experiences: [{ role: 'a', organization: 'b', ...days }],
  })
  const [position] = draft?.work_experiences ?? []
  expect([
    position?.start_date,
    position?.end_date,
    position?.start_precision,
    position?.end_precision,
    position?.is_current,
  ]).toEqual(expected)
})

describe('what happened says how far it is', () => {
  const stageOf = (application: object) =>
    candidateOf({ external_id: 'c', applications: [{ job: 'j', ...application }] })?.applications[0]?.stage

  it.each([
    [{ rejected_at: '2026-01-13' }, 'REJECTED'],
    [{ hired_at: '2026-01-13', rejected_at: '2026-01-02' }, 'HIRED'],
    [{ rejected_at: '2026-01-13', stage: 'IN_PROGRESS' }, 'IN_PROGRESS'],
    [{ reject_reason: 'none yet' }, 'UNKNOWN'],
  ])('an application with %j is %s', (application, stage) => {
    expect(stageOf(application)).toBe(stage)
  })

  it.each([
    [{ closed_at: '1969-12-31' }, 'CLOSED'],
    [{ closed_at: '2026-01-13' }, 'UNKNOWN'],
    [{ closed_at: '1969-12-31', status: 'OPEN' }, 'OPEN'],
    [{}, 'UNKNOWN'],
  ])('a job with %j is %s', (job, status) => {
    expect(jobOf({ external_id: 'j', ...job })?.status).toBe(status)
  })

  it('a date of a refusal that cannot be read is a fault', () => {
    expect(
      mapped('candidate', { external_id: 'c', applications: [{ job: 'j', rejected_at: 'soon' }] }),
    ).toMatchObject({
      type: 'reject',
    })
  })
})
