import { describe, expect, it } from 'vitest'
import type { PulsifiReference } from '../../../../schemas/types.ts'
import {
  CANONICAL_CANDIDATE,
  DEAD_LETTER_HEADER,
  HEADER,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_REFERENCE,
} from '../../../../services/core/topics.ts'
import { TraceSubject } from '../../../../services/ops/trace/subject.ts'
import { inOrder, toEntry } from '../../../../services/ops/trace/timeline.ts'
import { candidateRecord } from '../../../support/candidate-record.ts'
import { bindingRecord, invitationRecord } from '../../../support/ledger-records.ts'
import { topicRecord } from '../../../support/topic-record.ts'

describe('an entry', () => {
  const raw = { [HEADER.type]: 'candidate/new', [HEADER.id]: 'event', [HEADER.time]: '2026-01-01T00:00:00Z' }
  const dead = {
    [DEAD_LETTER_HEADER.code]: 'PAYLOAD_INVALID',
    [DEAD_LETTER_HEADER.stage]: 'normalize',
    [DEAD_LETTER_HEADER.deliveryCount]: '2',
    [DEAD_LETTER_HEADER.message]: 'data.id: invalid_type',
  }
  const command = {
    ...({ message_id: 'id', kind: 'COMMAND', entity_key: 'key', issued_at: 0 } as const),
    body: '{"command":"resolve","applicationKey":"key"}',
  }
  it.each([
    ['ats.raw.jobylon', raw, undefined, 'received candidate/new', 'event event, at 2026-01-01T00:00:00Z'],
    [
      'normalizer.dead-letter',
      dead,
      undefined,
      'refused PAYLOAD_INVALID',
      'at normalize, time 2: data.id: invalid_type',
    ],
    ['normalizer.redrive', dead, undefined, 'sent back', 'after PAYLOAD_INVALID'],
    [PULSIFI_INBOX, {}, command, 'operator resolve', ''],
    [PULSIFI_INBOX, {}, { ...command, kind: 'JOB_WANTED' }, 'asked JOB_WANTED', ''],
    [
      PULSIFI_JOB_BINDING,
      {},
      bindingRecord({ state: 'BLOCKED', block_reasons: ['TITLE_MISSING'] }),
      'job BLOCKED',
      'TITLE_MISSING',
    ],
    [
      PULSIFI_INVITATION,
      {},
      invitationRecord({ outcome: 'AMBIGUOUS', reasons: ['REPLY_LOST'], attempt: 1, http_status: 500 }),
      'AMBIGUOUS',
      'REPLY_LOST, call 1, HTTP 500',
    ],
    [CANONICAL_CANDIDATE, {}, undefined, 'unreadable', ''],
  ] as const)('on %s says what happened', (topic, headers, decoded, what, detail) => {
    expect(toEntry(topicRecord({ topic, headers }), decoded)).toMatchObject({ what, detail })
  })

  it('says nothing about a person, and hides what opens an assessment', () => {
    const candidate = candidateRecord({ first_name: 'Ada', email: 'ada@example.com' })
    const link = 'https://example.com/i/secret'
    const reference: PulsifiReference = {
      ...{
        reference: 'secret',
        kind: 'INVITE_CODE',
        application_key: 'a',
        partition: 0,
        attempt: 1,
        claims: [],
        updated_at: 0,
      },
    }
    const said = JSON.stringify([
      toEntry(topicRecord({ topic: CANONICAL_CANDIDATE }), candidate),
      toEntry(
        topicRecord({ topic: PULSIFI_INVITATION }),
        invitationRecord({ invitation_link: link, invite_code: 'secret' }),
      ),
      toEntry(topicRecord({ topic: PULSIFI_REFERENCE, key: 'secret' }), reference),
    ])
    expect(said).not.toMatch(/Ada|example\.com|secret/)
  })

  it('of a tombstone says so', () => {
    expect(toEntry(topicRecord({ topic: CANONICAL_CANDIDATE, value: null }), undefined).what).toBe(
      'tombstone',
    )
  })
})

it('what happened in the same millisecond stands in the order of the pipeline', () => {
  const topics = [PULSIFI_INVITATION, CANONICAL_CANDIDATE, 'ats.raw.jobylon']
  const entries = topics.map(topic => toEntry(topicRecord({ topic }), undefined))
  const later = toEntry(topicRecord({ topic: 'ats.raw.jobylon', timestampMs: 1 }), undefined)
  expect(inOrder([later, ...entries]).map(({ topic }) => topic)).toEqual([
    ...topics.toReversed(),
    'ats.raw.jobylon',
  ])
})

describe('the subject of a trace', () => {
  it('that is a candidate owns all its applications', () => {
    const subject = new TraceSubject('idibu:default:1')
    const keys = ['idibu:default:1', 'idibu:default:1#2', 'idibu:default:12', 'idibu:default:12#1']
    expect(keys.filter(key => subject.ownsKey(key))).toEqual(['idibu:default:1', 'idibu:default:1#2'])
  })

  it('that is one application owns no other one of its candidate', () => {
    const subject = new TraceSubject('idibu:default:1#2')
    const keys = ['idibu:default:1', 'idibu:default:1#2', 'idibu:default:1#22', 'idibu:default:1#3']
    expect(keys.filter(key => subject.ownsKey(key))).toEqual(['idibu:default:1', 'idibu:default:1#2'])
  })

  it('learns from the ledger its job, its candidate and how Pulsifi calls it', () => {
    const subject = new TraceSubject('direct:default:application')
    subject.learn(
      PULSIFI_INVITATION,
      invitationRecord({
        candidate_key: 'direct:default:person',
        job_key: 'direct:default:job',
        ext_reference_id: 'direct_application',
        pulsifi_candidate_id: 'candidate',
      }),
    )
    expect(subject.candidateKey).toBe('direct:default:person')
    expect([...subject.jobKeys]).toEqual(['direct:default:job'])
    expect(subject.isNamedIn(Buffer.from('{"id":"candidate"}'))).toBe(true)
    expect(subject.isNamedIn(Buffer.from('{"id":"somebody else"}'))).toBe(false)
  })
})
