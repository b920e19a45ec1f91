import { describe, expect, it } from 'vitest'
import { sourceNames } from '../../../../infra/local/topics.ts'
import {
  AUDIT,
  CANARY,
  CANONICAL_CANDIDATE,
  CANONICAL_COMPANY,
  CANONICAL_JOB,
  DEAD_LETTER_STATE,
  deadLetterTopic,
  PULSIFI_ACCESS,
  PULSIFI_CLAIM,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_JOB_BINDING,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  PULSIFI_RESULT,
  PULSIFI_SCORE,
  PULSIFI_STATUS,
  rawTopic,
  redriveTopic,
} from '../../../../services/core/topics.ts'
import type { Environment } from '../../../../services/platform/process/config.ts'
import { parseTopics, readTopicsFile } from '../../../../services/platform/topics/file.ts'

const DAY_MS = 86_400_000
const topic = (fields: string) => `topics:\n  - { name: a, why: Because., ${fields} }\n`

describe('infra/topics.yaml', () => {
  const sources = sourceNames()
  const definitions = readTopicsFile(sources)
  const configOf = (name: string) => definitions.find(definition => definition.name === name)?.config ?? {}

  it('declares exactly the topics that core/topics.ts spells', () => {
    const spelled = [
      ...sources.map(rawTopic),
      ...[
        CANONICAL_JOB,
        CANONICAL_CANDIDATE,
        CANONICAL_COMPANY,
        PULSIFI_RAW,
        PULSIFI_INBOX,
        PULSIFI_JOB_BINDING,
      ],
      ...[
        PULSIFI_INVITATION,
        PULSIFI_ACCESS,
        PULSIFI_CLAIM,
        PULSIFI_REFERENCE,
        PULSIFI_RESULT,
        PULSIFI_SCORE,
        PULSIFI_STATUS,
        DEAD_LETTER_STATE,
      ],
      ...(['ingress', 'normalizer', 'pulsifi-sink'] as const).map(deadLetterTopic),
      ...(['normalizer', 'pulsifi-sink'] as const).map(redriveTopic),
      ...[AUDIT, CANARY],
    ]
    expect(definitions.map(definition => definition.name).sort()).toEqual(spelled.sort())
  })

  it.each([
    CANONICAL_JOB,
    CANONICAL_CANDIDATE,
    PULSIFI_JOB_BINDING,
    PULSIFI_INVITATION,
    PULSIFI_CLAIM,
    PULSIFI_REFERENCE,
    PULSIFI_RESULT,
  ])('never deletes from the state topic %s by age', name => {
    expect(configOf(name)).toMatchObject({ 'cleanup.policy': 'compact' })
    expect(configOf(name)).not.toHaveProperty('retention.ms')
  })

  it('forgets what can be replayed or sent back before deleted entities are forgotten', () => {
    const ageOf = (name: string) => Number(configOf(name)['retention.ms'])
    const deadLetters = ['normalizer', 'pulsifi-sink'] as const
    const longest = Math.max(...deadLetters.map(name => ageOf(deadLetterTopic(name))))
    const redrive = Math.max(ageOf(redriveTopic('normalizer')), ageOf(redriveTopic('pulsifi-sink')))
    const tombstonesAfter = 30 * DAY_MS
    expect(longest + redrive).toBeLessThan(tombstonesAfter)
    for (const source of sources)
      expect(ageOf(deadLetterTopic('ingress')) + ageOf(rawTopic(source))).toBeLessThan(tombstonesAfter)
  })

  it.each([
    ...[CANONICAL_CANDIDATE, PULSIFI_CLAIM, PULSIFI_INVITATION, PULSIFI_REFERENCE],
    ...[PULSIFI_ACCESS, PULSIFI_RESULT, PULSIFI_SCORE, PULSIFI_STATUS],
  ])('bounds how long %s keeps what a deletion has replaced', name => {
    const { 'max.compaction.lag.ms': until } = configOf(name)
    expect(Number(until)).toBeLessThanOrEqual(14 * DAY_MS)
  })

  it('leaves room for an event of 512 KiB on every topic that holds events as received', () => {
    for (const name of [...sources.map(rawTopic), PULSIFI_RAW, deadLetterTopic('normalizer')]) {
      expect(Number(configOf(name)['max.message.bytes'])).toBeGreaterThan(512 * 1024)
    }
  })
})

describe('parseTopics', () => {
  it('makes one topic a source of a row with {source}', () => {
    const text = 'topics: [{ name: "raw.{source}", cleanup: delete, retention: 12h, why: Because. }]'
    expect(parseTopics(text, ['one', 'two'])).toEqual([
      {
        name: 'raw.one',
        config: { 'cleanup.policy': 'delete', 'retention.ms': '43200000', 'segment.ms': String(DAY_MS) },
        why: 'Because.',
      },
      {
        name: 'raw.two',
        config: { 'cleanup.policy': 'delete', 'retention.ms': '43200000', 'segment.ms': String(DAY_MS) },
        why: 'Because.',
      },
    ])
  })

  it('writes days as milliseconds', () => {
    const text = topic('cleanup: compact, compaction: { from: 1d, until: 2d, tombstones: 3d }')
    expect(parseTopics(text, [])[0]?.config).toMatchObject({
      'min.compaction.lag.ms': String(DAY_MS),
      'max.compaction.lag.ms': String(2 * DAY_MS),
      'delete.retention.ms': String(3 * DAY_MS),
    })
  })

  it('lets records go by age and by key, and an installation say the age', () => {
    const text = topic(
      'cleanup: "compact,delete", retention: 9d, retention_setting: SCORE_RETENTION_DAYS, compaction: { from: 1d, tombstones: 3d }',
    )
    const ageOf = (env: Environment) => parseTopics(text, [], env)[0]?.config['retention.ms']
    expect(parseTopics(text, [])[0]?.config).toMatchObject({
      'cleanup.policy': 'compact,delete',
      'min.compaction.lag.ms': String(DAY_MS),
    })
    expect([ageOf({}), ageOf({ SCORE_RETENTION_DAYS: '7' })]).toEqual([
      String(9 * DAY_MS),
      String(7 * DAY_MS),
    ])
    expect(() => ageOf({ SCORE_RETENTION_DAYS: 'long' })).toThrow(/SCORE_RETENTION_DAYS/)
  })

  it.each([
    [
      'a state topic with an age',
      topic('cleanup: compact, retention: 1d, compaction: { from: 1d, tombstones: 1d }'),
    ],
    ['a topic with both policies and one of their bounds', topic('cleanup: "compact,delete", retention: 1d')],
    [
      'an age by a variable that nobody reads',
      topic('cleanup: delete, retention: 1d, retention_setting: OTHER_DAYS'),
    ],
    ['an age without a unit', topic('cleanup: delete, retention: 14')],
    ['a topic without an age', topic('cleanup: delete')],
    ['a setting that nobody knows', topic('cleanup: delete, retention: 1d, partitions: 3')],
    ['a topic without a reason', 'topics: [{ name: a, cleanup: delete, retention: 1d }]'],
    [
      'a name twice',
      `${topic('cleanup: delete, retention: 1d')}  - { name: a, why: B., cleanup: delete, retention: 1d }`,
    ],
    ['no topics', 'topics: []'],
    ['something that is not YAML', 'topics: ['],
  ])('refuses %s', (_, text) => {
    expect(() => parseTopics(text, [])).toThrow(/infra\/topics\.yaml/)
  })
})
