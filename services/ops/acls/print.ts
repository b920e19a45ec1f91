/** The rights of infra/acls.yaml in the words of who gives them. Pure. */
import { stringify } from 'yaml'
import type { Right } from '../../platform/topics/rights.ts'

export const FORMS = ['kafka-acls', 'strimzi'] as const
export type Form = (typeof FORMS)[number]

/** One command a right, for Kafka's own tool; BROKERS and the properties of an administrator are the reader's. */
export function kafkaAclsCommands(
  rights: readonly Right[],
  principalOf: (user: string) => string,
): readonly string[] {
  return rights.map(({ user, resource, name, isPrefix, operations }) =>
    [
      'kafka-acls.sh --bootstrap-server "$BROKERS" --command-config "$ADMIN_PROPERTIES" --add',
      `--allow-principal ${quoted(principalOf(user))}`,
      ...operations.map(operation => `--operation ${operation}`),
      resource === 'cluster' ? '--cluster' : `--${resource} ${name}`,
      ...(isPrefix ? ['--resource-pattern-type prefixed'] : []),
    ].join(' '),
  )
}

const quoted = (text: string): string =>
  /^[\w:.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A KafkaUser for each user, whose operator makes its password. @param cluster the name of the Kafka resource */
export function strimziUsers(rights: readonly Right[], cluster: string): string {
  return strimziUserSpecs(rights)
    .map(({ name, spec }) =>
      stringify({
        apiVersion: 'kafka.strimzi.io/v1',
        kind: 'KafkaUser',
        metadata: { name, labels: { 'strimzi.io/cluster': cluster } },
        spec,
      }),
    )
    .join('---\n')
}

/** What a KafkaUser of each user says. */
export const strimziUserSpecs = (rights: readonly Right[]) =>
  [...Map.groupBy(rights, ({ user }) => user)].map(([name, own]) => ({
    name,
    spec: {
      authentication: { type: 'scram-sha-512' },
      authorization: { type: 'simple', acls: own.map(strimziAcl) },
    },
  }))

const STRIMZI_TYPES = {
  topic: 'topic',
  group: 'group',
  cluster: 'cluster',
  'transactional-id': 'transactionalId',
}

function strimziAcl({ resource, name, isPrefix, operations }: Right) {
  const pattern = { name, patternType: isPrefix ? 'prefix' : 'literal' }
  const type = STRIMZI_TYPES[resource]
  return {
    resource: resource === 'cluster' ? { type } : { type, ...pattern },
    operations: [...operations],
    host: '*',
  }
}
