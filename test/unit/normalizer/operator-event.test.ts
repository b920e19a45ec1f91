import { describe, expect, it } from 'vitest'
import {
  CANDIDATE_DELETION,
  candidateDeletion,
  OPERATOR_AUTH,
} from '../../../services/core/operator-event.ts'
import { readRawEventHeaders } from '../../../services/core/raw-event.ts'
import { HEADER } from '../../../services/core/topics.ts'
import { normalize } from '../../../services/normalizer/normalize.ts'
import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'

const sources = await discoverSources()

/** What becomes of a record of the source's raw topic. */
function normalized(source: string, kind: string, auth: string, text: string) {
  const headers: Readonly<Record<string, string>> = {
    [HEADER.id]: 'event',
    [HEADER.source]: `/hooks/${source}/default`,
    [HEADER.type]: kind,
    [HEADER.time]: '2026-01-15T09:30:00.000Z',
    [HEADER.auth]: auth,
  }
  const event = readRawEventHeaders(name => headers[name])
  if (event.type !== 'ok') throw new Error('headers that cannot be read')
  return normalize(Buffer.from(text), {
    sources,
    companyName: () => null,
    settingsOf: name => sources.get(name)?.settings.parse({}) ?? {},
    event: event.value,
    ...{ raw: { topic: 't', partition: 0, offset: 0 }, personKeySecret: 's', normalizerVersion: 'v' },
  })
}

describe.each([...sources.keys()])("an operator's deletion of a candidate of %s", source => {
  it('becomes the redacted record of that candidate', () => {
    expect(
      normalized(source, CANDIDATE_DELETION, OPERATOR_AUTH, candidateDeletion('person:7')),
    ).toMatchObject({
      type: 'ok',
      value: {
        type: 'candidate',
        record: {
          candidate_key: `${source}:default:person:7`,
          lifecycle: 'DELETED',
          deleted_at: Date.UTC(2026, 0, 15, 9, 30),
          applications: [],
          provenance: { event_type: 'candidate.deleted', source_updated_at: null },
        },
      },
    })
  })

  it('is an unknown event when it came through a webhook', () => {
    expect(normalized(source, CANDIDATE_DELETION, 'bearer', candidateDeletion('person:7'))).toEqual({
      type: 'reject',
      code: 'KIND_UNKNOWN',
      detail: expect.any(String),
    })
  })
})

it.each([
  [
    'of a kind that nobody wrote',
    'operator.other',
    candidateDeletion('7'),
    { type: 'reject', code: 'KIND_UNKNOWN' },
  ],
  ['without an id', CANDIDATE_DELETION, '{}', { type: 'reject', code: 'PAYLOAD_INVALID' }],
  ['that is no JSON', CANDIDATE_DELETION, '{', { type: 'reject', code: 'BODY_UNREADABLE' }],
])("an operator's event %s deletes nobody", (_, kind, text, outcome) => {
  expect(normalized('jobylon', kind, OPERATOR_AUTH, text)).toMatchObject(outcome)
})
