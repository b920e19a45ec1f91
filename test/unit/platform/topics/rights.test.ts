import { expect, it } from 'vitest'
import { FOLLOWED_TOPICS } from '../../../../services/console/store/topics.ts'
import {
  AUDIT,
  CANONICAL_COMPANY,
  DEAD_LETTER_STATE,
  deadLetterTopic,
  PULSIFI_ACCESS,
  PULSIFI_INBOX,
  PULSIFI_INVITATION,
  PULSIFI_RAW,
  PULSIFI_REFERENCE,
  rawTopic,
  redriveTopic,
} from '../../../../services/core/topics.ts'
import { createNormalizer } from '../../../../services/normalizer/processor.ts'
import { type Processor, writtenBy } from '../../../../services/platform/partitions/processor.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'
import { readTopicsFile } from '../../../../services/platform/topics/file.ts'
import { aclEntries, parseAcls, readAclsFile } from '../../../../services/platform/topics/rights.ts'
import { createSink } from '../../../../services/pulsifi-sink/processor.ts'

const rights = readAclsFile()
const may = (user: string, operation: string, topic: string): boolean =>
  rights.some(
    right =>
      right.user === user &&
      right.resource === 'topic' &&
      right.operations.some(each => each === operation) &&
      (right.isPrefix ? topic.startsWith(right.name) : topic === right.name),
  )

const of = (processor: Pick<Processor<never, never>, 'inputs' | 'tables' | 'outputs'>) => ({
  inputs: processor.inputs,
  reads: [...processor.inputs, ...processor.tables.map(({ topic }) => topic)],
  writes: [...writtenBy(processor)],
})
// Cast: which topics they are does not depend on what else they are given.
const normalizer = of(createNormalizer({ sources: new Map([['any', null]]) } as never))
const sink = of(createSink({ sink: {} } as never))

it.each([
  ['ingress', [], [rawTopic('any'), PULSIFI_RAW, deadLetterTopic('ingress')]],
  // Each of them reads whole tables beside what it owns.
  ['normalizer', [...normalizer.reads, CANONICAL_COMPANY], normalizer.writes],
  ['pulsifi-sink', [...sink.reads, PULSIFI_REFERENCE], sink.writes],
  [
    'console',
    FOLLOWED_TOPICS,
    [
      ...[
        rawTopic('any'),
        redriveTopic('normalizer'),
        redriveTopic('pulsifi-sink'),
        DEAD_LETTER_STATE,
        AUDIT,
      ],
      // What an operator decides there goes to the owner of the application.
      PULSIFI_INBOX,
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
  const sorted = (names: readonly string[]) => [...new Set(names)].sort()
  if (user === 'operator') {
    expect(reads.every(topic => may(user, 'Read', topic))).toBe(true)
    expect(allowed('Create')).toEqual(sorted(topics))
  } else expect(allowed('Read')).toEqual(sorted(reads))
  for (const topic of writes) expect([topic, may(user, 'Write', topic)]).toEqual([topic, true])
  if (user !== 'operator') expect(allowed('Write')).toEqual(sorted(writes))
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

it.each([PULSIFI_ACCESS, PULSIFI_REFERENCE, PULSIFI_INBOX, PULSIFI_RAW])(
  'shows %s, which may open an assessment, to those alone who need it',
  topic => {
    const users = [...new Set(rights.map(({ user }) => user))]
    expect(users.filter(user => may(user, 'Read', topic)).sort()).toEqual(['operator', 'pulsifi-sink'])
  },
)

it('lets the console ask how far normalizer and sink are with each of their inputs', () => {
  const rightsToAsk = ['Describe', 'Read', 'Write']
  const inputs = [...normalizer.inputs, ...sink.inputs]
  expect(inputs.length).toBeGreaterThan(5)
  expect(inputs.filter(topic => !rightsToAsk.some(right => may('console', right, topic)))).toEqual([])
})
