import { expect, it } from 'vitest'
import { judgeDurability, judgeRegistry, judgeTopics } from '../../../../services/ops/doctor/judge-kafka.ts'
import type { DurabilityFault } from '../../../../services/platform/topics/durability.ts'

const missing = { topic: 'a', what: 'topic', is: null, should_be: 'there' }

it.each([
  ['ok when nothing differs', [], [['ok', null]]],
  ['fail when one is missing', [missing], [['fail', 'run "npm run ops -- topics apply"']]],
  [
    'fail when partitions differ, since they cannot be changed',
    [{ topic: 'a', what: 'partitions', is: '3', should_be: '6' }],
    [['fail', expect.stringMatching(/^make them anew with 6: .*topics apply/)]],
  ],
  [
    'fail when all have another number of partitions',
    ['a', 'b', 'c', 'd', 'e'].map(topic => ({ topic, what: 'partitions', is: '8', should_be: '6' })),
    [['fail', 'set PARTITIONS=8 everywhere; the number cannot be changed in place']],
  ],
  [
    'warn when a setting differs',
    [{ topic: 'a', what: 'retention.ms', is: '1', should_be: '2' }],
    [['warn', 'run "npm run ops -- topics apply"']],
  ],
])('topics are %s', (_law, differences, expected) => {
  expect(judgeTopics(differences, 5).map(({ verdict, todo }) => [verdict, todo])).toEqual(expected)
})

it('names no more topics than fit on a line', () => {
  const all = ['a', 'b', 'c', 'd', 'e'].map(topic => ({ ...missing, topic }))
  expect(judgeTopics(all, 5)).toMatchObject([{ says: 'missing: a, b, c and 2 more' }])
})

const subject = { subject: 's', compatibility: 'FULL_TRANSITIVE', isRegistered: true }
it.each([
  ['all is as it should be', [subject], 'ok', 'FULL_TRANSITIVE'],
  ['a schema is not registered yet', [{ ...subject, isRegistered: false }], 'warn', 'not registered'],
  [
    'a subject of a new installation is not there at all',
    [{ ...subject, isRegistered: false, compatibility: null }],
    'warn',
    'not registered',
  ],
  ['a subject may break its readers', [{ ...subject, compatibility: 'NONE' }], 'fail', 's has NONE'],
  [
    'a subject has no rule of its own',
    [{ ...subject, compatibility: null }],
    'fail',
    'no compatibility of its own',
  ],
])('of the registry, when %s', (_what, subjects, verdict, says) => {
  const [answers, schemas] = judgeRegistry({ type: 'answered', subjects }, 'http://registry')
  expect(answers).toMatchObject({ check: 'registry', verdict: 'ok' })
  expect(schemas).toMatchObject({ check: 'schemas', verdict, says: expect.stringContaining(says) })
})

it.each([
  ['ECONNREFUSED', 'start it'],
  ['404', 'base of a Confluent-compatible API'],
])('says what to do about a registry that fails with %s', (reason, todo) => {
  expect(judgeRegistry({ type: 'failed', reason }, 'http://registry')).toMatchObject([
    { verdict: 'fail', todo: expect.stringContaining(todo) },
  ])
})

const fault = (topic: string, what: DurabilityFault['what'], is: string, shouldBe: string) => ({
  ...{ topic, what, is, shouldBe },
})
it.each([
  ['is ok', [], true, 'ok', null],
  [
    'fails where people are invited in earnest',
    [fault('a', 'replicas', '1', '3')],
    true,
    'fail',
    /^give them more replicas/,
  ],
  [
    'fails by setting, once for each',
    [fault('a', 'min.insync.replicas', '1', '2'), fault('b', 'min.insync.replicas', '1', '2')],
    true,
    'fail',
    /^set min.insync.replicas=2 \(kafka-configs.sh\)$/,
  ],
  ['is ok with the sandbox, whatever there is', [fault('a', 'replicas', '1', '3')], false, 'ok', null],
] as const)('durability %s', (_what, faults, isInEarnest, verdict, todo) => {
  const finding = judgeDurability(faults, isInEarnest)
  expect(finding.verdict).toBe(verdict)
  if (todo === null) expect(finding.todo).toBeNull()
  else expect(finding.todo).toMatch(todo)
})
