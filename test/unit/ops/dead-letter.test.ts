import { describe, expect, it } from 'vitest'
import { DEAD_LETTER_HEADER, deadLetterTopic, HEADER } from '../../../services/core/topics.ts'
import {
  type DeadLetter,
  type Decision,
  matches,
  parsePlace,
  planOf,
  toDeadLetter,
} from '../../../services/ops/dead-letter.ts'
import { tally } from '../../../services/ops/dead-letters.ts'
import { topicRecord } from '../../support/topic-record.ts'

const letterOf = (known: Partial<DeadLetter> = {}): DeadLetter => ({
  id: 'normalizer.dead-letter/2/7',
  process: 'normalizer',
  partition: 2,
  failedAtMs: 0,
  code: 'PAYLOAD_INVALID',
  message: 'data.id: invalid_type',
  stage: 'normalize',
  deliveries: 1,
  key: 'jobylon:default:1',
  source: 'jobylon',
  tenant: 'default',
  kind: 'candidate/new',
  eventId: 'event',
  from: 'ats.raw.jobylon/2/3',
  fromTopic: 'ats.raw.jobylon',
  bytes: 2,
  ...known,
})

describe('a dead letter', () => {
  const headers = {
    [DEAD_LETTER_HEADER.topic]: 'ats.raw.jobylon',
    [DEAD_LETTER_HEADER.partition]: '2',
    [DEAD_LETTER_HEADER.offset]: '3',
    [DEAD_LETTER_HEADER.code]: 'PAYLOAD_INVALID',
    [DEAD_LETTER_HEADER.deliveryCount]: '4',
    [HEADER.source]: '/hooks/jobylon/acme',
  }
  const topic = deadLetterTopic('normalizer')

  it('is read from its headers', () => {
    expect(toDeadLetter(topicRecord({ topic, partition: 2, offset: 7, headers }))).toMatchObject({
      id: 'normalizer.dead-letter/2/7',
      process: 'normalizer',
      code: 'PAYLOAD_INVALID',
      deliveries: 4,
      source: 'jobylon',
      tenant: 'acme',
      from: 'ats.raw.jobylon/2/3',
    })
  })

  it('of a canonical record belongs to the source and tenant of its key', () => {
    const canonical = { [DEAD_LETTER_HEADER.topic]: 'ats.canonical.candidate.v1' }
    const record = topicRecord({
      topic: deadLetterTopic('pulsifi-sink'),
      key: 'idibu:acme:1',
      headers: canonical,
    })
    expect(toDeadLetter(record)).toMatchObject({ source: 'idibu', tenant: 'acme' })
  })

  it('without headers can still be named', () => {
    expect(toDeadLetter(topicRecord({ topic, key: null }))).toMatchObject({
      code: 'UNKNOWN',
      from: null,
      source: null,
    })
  })

  it('that never had an offset came from nowhere', () => {
    const never = { ...headers, [DEAD_LETTER_HEADER.offset]: '-1' }
    expect(toDeadLetter(topicRecord({ topic, headers: never }))?.from).toBeNull()
  })

  it('stands on a dead-letter topic and nowhere else', () => {
    expect(toDeadLetter(topicRecord({ topic: 'ats.raw.jobylon', headers }))).toBeNull()
  })
})

describe('the name of a dead letter', () => {
  it('has its topic, partition and offset', () => {
    const place = { topic: 'pulsifi-sink.dead-letter', partition: 5, offset: 12 }
    expect(parsePlace('pulsifi-sink.dead-letter/5/12')).toEqual(place)
  })
  it.each([
    '',
    'normalizer.dead-letter',
    'ats.raw.jobylon/0/1',
    'normalizer.dead-letter/0/-1',
    'a/normalizer.dead-letter/0/1',
  ])('is not %j', text => expect(parsePlace(text)).toBeNull())
})

describe('filters', () => {
  it.each([
    [{}, true],
    [{ process: 'normalizer', code: 'PAYLOAD_INVALID', source: 'jobylon', tenant: 'default' }, true],
    [{ process: 'ingress' }, false],
    [{ code: 'PAYLOAD' }, false],
    [{ source: 'idibu' }, false],
    [{ tenant: 'acme' }, false],
  ])('%j: %s', (filter, expected) => expect(matches(letterOf(), filter)).toBe(expected))
})

describe('what becomes of a letter', () => {
  const redriven: Decision = {
    decision: 'redriven',
    at: '2026-01-01',
    by: 'someone',
    to: 'normalizer.redrive',
  }
  const discarded: Decision = { decision: 'discarded', at: '2026-01-01', by: 'someone', to: null }
  const sinkLetter = letterOf({ process: 'pulsifi-sink' })

  it.each([
    [
      'goes to the process that refused it',
      letterOf(),
      'redrive',
      undefined,
      { type: 'redrive', to: 'normalizer.redrive' },
    ],
    [
      'goes to the sink when the sink refused it',
      sinkLetter,
      'redrive',
      undefined,
      { type: 'redrive', to: 'pulsifi-sink.redrive' },
    ],
    ['is discarded', letterOf(), 'discard', undefined, { type: 'discard' }],
    [
      'goes back after all when it was only discarded',
      letterOf(),
      'redrive',
      discarded,
      { type: 'redrive', to: 'normalizer.redrive' },
    ],
    [
      'is left when it went back already',
      letterOf(),
      'redrive',
      redriven,
      { type: 'leave', why: 'redriven 2026-01-01' },
    ],
    [
      'is not discarded when it went back',
      letterOf(),
      'discard',
      redriven,
      { type: 'leave', why: 'redriven 2026-01-01' },
    ],
    [
      'is not discarded twice',
      letterOf(),
      'discard',
      discarded,
      { type: 'leave', why: 'discarded 2026-01-01' },
    ],
    [
      'of ingress can be discarded',
      letterOf({ process: 'ingress' }),
      'discard',
      undefined,
      { type: 'discard' },
    ],
  ] as const)('%s', (_law, letter, wanted, decided, plan) =>
    expect(planOf(letter, wanted, decided)).toEqual(plan),
  )

  it('of ingress stays, because it never became an event', () => {
    expect(planOf(letterOf({ process: 'ingress' }), 'redrive', undefined)).toMatchObject({ type: 'leave' })
  })
})

it('letters are counted by their code, the commonest first', () => {
  expect(tally([{ code: 'A' }, { code: 'B' }, { code: 'B' }])).toBe('2 B, 1 A')
})
