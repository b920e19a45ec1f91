import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { kafkaAclsCommands, strimziUsers } from '../../../../services/ops/acls/print.ts'
import type { Right } from '../../../../services/platform/topics/rights.ts'

const RIGHTS: readonly Right[] = [
  { user: 'normalizer', resource: 'topic', name: 'ats.raw.', isPrefix: true, operations: ['Read'] },
  {
    user: 'normalizer',
    resource: 'transactional-id',
    name: 'normalizer-',
    isPrefix: true,
    operations: ['Write'],
  },
  { user: 'operator', resource: 'cluster', name: 'kafka-cluster', operations: ['Describe'] },
  { user: 'operator', resource: 'group', name: 'ops', operations: ['Read', 'Describe'] },
]
const START = 'kafka-acls.sh --bootstrap-server "$BROKERS" --command-config "$ADMIN_PROPERTIES" --add'

it('writes a command a right, and quotes what a shell would read', () => {
  const principalOf = (user: string) => (user === 'operator' ? "User:CN=O'Hara, C=IE" : `User:${user}`)
  expect(kafkaAclsCommands(RIGHTS, principalOf)).toEqual([
    `${START} --allow-principal User:normalizer --operation Read --topic ats.raw. --resource-pattern-type prefixed`,
    `${START} --allow-principal User:normalizer --operation Write --transactional-id normalizer- --resource-pattern-type prefixed`,
    `${START} --allow-principal 'User:CN=O'\\''Hara, C=IE' --operation Describe --cluster`,
    `${START} --allow-principal 'User:CN=O'\\''Hara, C=IE' --operation Read --operation Describe --group ops`,
  ])
})

it('writes a user of Strimzi for each, with its own rights', () => {
  const users = parseAllDocuments(strimziUsers(RIGHTS, 'my-kafka')).map(document => document.toJS())
  expect(users).toMatchObject([
    {
      kind: 'KafkaUser',
      metadata: { name: 'normalizer', labels: { 'strimzi.io/cluster': 'my-kafka' } },
      spec: {
        authorization: {
          acls: [
            {
              resource: { type: 'topic', name: 'ats.raw.', patternType: 'prefix' },
              operations: ['Read'],
              host: '*',
            },
            { resource: { type: 'transactionalId', name: 'normalizer-' }, operations: ['Write'] },
          ],
        },
      },
    },
    {
      metadata: { name: 'operator' },
      spec: {
        authorization: {
          acls: [
            { resource: { type: 'cluster' } },
            { resource: { type: 'group', patternType: 'literal' }, operations: ['Read', 'Describe'] },
          ],
        },
      },
    },
  ])
})
