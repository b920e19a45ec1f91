import { expect, it } from 'vitest'
import {
  CANONICAL_CANDIDATE,
  CANONICAL_COMPANY,
  CANONICAL_JOB,
  DEAD_LETTER_STATE,
  deadLetterTopic,
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
import { ConfigError } from '../../../../services/platform/process/config.ts'
import { readTopicsFile } from '../../../../services/platform/topics/file.ts'
import { aclEntries, parseAcls, readAclsFile } from '../../../../services/platform/topics/rights.ts'

const rights = readAclsFile()
const may = (user: string, operation: string, topic: string): boolean =>
  rights.some(
    right =>
      right.user === user &&
      right.resource === 'topic' &&
      right.operations.some(each => each === operation) &&
      (right.isPrefix ? topic.startsWith(right.name) : topic === right.name),
  )

it.each([
  ['ingress', [], [rawTopic('any'), PULSIFI_RAW, deadLetterTopic('ingress')]],
  [
    'normalizer',
    [rawTopic('any'), redriveTopic('normalizer'), CANONICAL_JOB, CANONICAL_CANDIDATE, CANONICAL_COMPANY],
    [rawTopic('any'), CANONICAL_JOB, CANONICAL_CANDIDATE, CANONICAL_COMPANY, deadLetterTopic('normalizer')],
  ],
  [
    'pulsifi-sink',
    [
      CANONICAL_JOB,
      CANONICAL_CANDIDATE,
      PULSIFI_RAW,
      PULSIFI_INBOX,
      redriveTopic('pulsifi-sink'),
      deadLetterTopic('normalizer'),
      PULSIFI_JOB_BINDING,
      PULSIFI_INVITATION,
      PULSIFI_CLAIM,
      PULSIFI_REFERENCE,
      PULSIFI_RESULT,
    ],
    [
      PULSIFI_INBOX,
      PULSIFI_JOB_BINDING,
      PULSIFI_INVITATION,
      PULSIFI_CLAIM,
      PULSIFI_REFERENCE,
      PULSIFI_RESULT,
      PULSIFI_SCORE,
      PULSIFI_STATUS,
      deadLetterTopic('pulsifi-sink'),
    ],
  ],
  [
    'operator',
    [deadLetterTopic('ingress'), PULSIFI_INVITATION],
    [rawTopic('any'), PULSIFI_INBOX, DEAD_LETTER_STATE],
  ],
] as const)('gives %s what it reads and writes, and no more', (user, reads, writes) => {
  const topics = readTopicsFile(['any']).map(({ name }) => name)
  const allowed = (operation: string) => topics.filter(topic => may(user, operation, topic)).sort()
  if (user === 'operator') {
    expect(reads.every(topic => may(user, 'Read', topic))).toBe(true)
    expect(allowed('Create')).toEqual([...topics].sort())
  } else expect(allowed('Read')).toEqual([...reads].sort())
  for (const topic of writes) expect([topic, may(user, 'Write', topic)]).toEqual([topic, true])
  if (user !== 'operator') expect(allowed('Write')).toEqual([...writes].sort())
})

it('counts one entry for each operation, of the principal that a user has', () => {
  const [right] = parseAcls(
    'rights: [{user: console, groups: [a*], operations: [Read, Describe], why: Because.}]',
  )
  expect(aclEntries(right ? [right] : [], user => `User:CN=${user}`)).toEqual([
    {
      principal: 'User:CN=console',
      host: '*',
      resourceType: 3,
      resourceName: 'a',
      resourcePatternType: 4,
      operation: 3,
      permissionType: 3,
    },
    {
      principal: 'User:CN=console',
      host: '*',
      resourceType: 3,
      resourceName: 'a',
      resourcePatternType: 4,
      operation: 8,
      permissionType: 3,
    },
  ])
})

it.each([
  ['a star in the middle', 'topics: [a*b]'],
  ['an operation that there is not', 'topics: [a], operations: [Reads]'],
])('refuses %s', (_what, row) => {
  const text = `rights: [{user: console, operations: [Read], why: Because., ${row}}]`.replace(
    'operations: [Read], why: Because., topics: [a], ',
    'why: Because., topics: [a], ',
  )
  expect(() => parseAcls(text)).toThrow(ConfigError)
})
