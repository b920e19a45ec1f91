/** What a user of a cluster may do, and Kafka's numbers for it. */
import type { AclEntry } from 'kafkajs'

export interface Right {
  readonly user: string
  readonly resource: keyof typeof RESOURCES
  readonly name: string
  /** Every resource whose name begins so. */
  readonly isPrefix?: boolean
  /** Read and Write include Describe. */
  readonly operations: readonly (keyof typeof OPERATIONS)[]
}

const RESOURCES = { topic: 2, group: 3, 'transactional-id': 5 } as const
const OPERATIONS = {
  Read: 3,
  Write: 4,
  Create: 5,
  Describe: 8,
  DescribeConfigs: 10,
  AlterConfigs: 11,
} as const
const LITERAL = 3
const PREFIXED = 4
const ALLOW = 3

export const aclEntries = (rights: readonly Right[]): readonly AclEntry[] =>
  rights.flatMap(({ user, resource, name, isPrefix = false, operations }) =>
    operations.map(operation => ({
      principal: `User:${user}`,
      host: '*',
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: isPrefix ? PREFIXED : LITERAL,
      operation: OPERATIONS[operation],
      permissionType: ALLOW,
    })),
  )
