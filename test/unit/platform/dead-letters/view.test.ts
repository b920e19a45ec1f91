import { describe, expect, it } from 'vitest'
import { DEAD_LETTER_HEADER, deadLetterTopic, HEADER } from '../../../../services/core/topics.ts'
import { matches, parsePlace, toDeadLetter } from '../../../../services/platform/dead-letters/view.ts'
import { topicRecord } from '../../../support/topic-record.ts'
import { letterOf } from '../letter.ts'

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
