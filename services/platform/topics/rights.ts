/** `infra/acls.yaml`, read and checked: what the user of each process may do on a cluster that asks. */
import { readFileSync } from 'node:fs'
import type { AclEntry, Admin, DescribeAclResource } from 'kafkajs'
import { parse } from 'yaml'
import { z } from 'zod'
import { ConfigError } from '../process/config.ts'

export type { AclEntry, DescribeAclResource }

export interface Right {
  readonly user: string
  readonly resource: keyof typeof RESOURCES
  readonly name: string
  /** Every resource whose name begins so. */
  readonly isPrefix?: boolean
  /** Read and Write include Describe. */
  readonly operations: readonly Operation[]
}

/** Kafka's numbers. */
export const RESOURCES = { topic: 2, group: 3, cluster: 4, 'transactional-id': 5 } as const
export const OPERATIONS = {
  All: 2,
  Read: 3,
  Write: 4,
  Create: 5,
  Describe: 8,
  DescribeConfigs: 10,
  AlterConfigs: 11,
} as const
export type Operation = keyof typeof OPERATIONS
export const PATTERNS = { literal: 3, prefixed: 4 } as const
export const PERMISSIONS = { deny: 2, allow: 3 } as const

const ACLS_FILE = new URL('../../../infra/acls.yaml', import.meta.url)
const CLUSTER_NAME = 'kafka-cluster'

const names = z
  .array(z.string().regex(/^[a-z0-9._-]+[*]?$/, 'expected a name, or its beginning and *'))
  .min(1)
const Row = z.strictObject({
  user: z.string().regex(/^[a-z-]+$/),
  topics: names.optional(),
  groups: names.optional(),
  transactional_ids: names.optional(),
  cluster: z.literal(true).optional(),
  operations: z.array(z.enum(Object.keys(OPERATIONS) as Operation[])).min(1),
  why: z.string().regex(/[.]$/, 'expected a sentence'),
})
const AclsFile = z.strictObject({ rights: z.array(Row).min(1) })

/** @throws ConfigError when the file is missing or cannot be used. */
export function readAclsFile(): readonly Right[] {
  let text: string
  try {
    text = readFileSync(ACLS_FILE, 'utf8')
  } catch {
    throw new ConfigError('infra/acls.yaml cannot be read')
  }
  return parseAcls(text)
}

/** @throws ConfigError naming every row at fault. */
export function parseAcls(text: string): readonly Right[] {
  const parsed = AclsFile.safeParse(parse(text))
  if (!parsed.success) {
    const faults = parsed.error.issues.map(issue => `  ${issue.path.join('.')}: ${issue.message}`)
    throw new ConfigError(`infra/acls.yaml cannot be used:\n${faults.join('\n')}`)
  }
  return parsed.data.rights.flatMap(rightsOfRow)
}

function rightsOfRow(row: z.output<typeof Row>): readonly Right[] {
  const { user, operations } = row
  const named = (resource: Right['resource'], of: readonly string[] = []): Right[] =>
    of.map(name => {
      const isPrefix = name.endsWith('*')
      return { user, resource, name: isPrefix ? name.slice(0, -1) : name, isPrefix, operations }
    })
  return [
    ...named('topic', row.topics),
    ...named('group', row.groups),
    ...named('transactional-id', row.transactional_ids),
    ...named('cluster', row.cluster && [CLUSTER_NAME]),
  ]
}

/** @param principalOf a user, where it is not `User:` and its name */
export const aclEntries = (
  rights: readonly Right[],
  principalOf: (user: string) => string = user => `User:${user}`,
): readonly AclEntry[] =>
  rights.flatMap(({ user, resource, name, isPrefix = false, operations }) =>
    operations.map(operation => ({
      principal: principalOf(user),
      host: '*',
      resourceType: RESOURCES[resource],
      resourceName: name,
      resourcePatternType: isPrefix ? PATTERNS.prefixed : PATTERNS.literal,
      operation: OPERATIONS[operation],
      permissionType: PERMISSIONS.allow,
    })),
  )

/** Kafka's number for "whatever it is". */
const ANY = 1

/** Everything that the cluster tells of rights. */
export async function fetchAcls(admin: Pick<Admin, 'describeAcls'>): Promise<readonly DescribeAclResource[]> {
  const whatever = { resourceType: ANY, resourcePatternType: ANY, operation: ANY, permissionType: ANY }
  return (await admin.describeAcls(whatever)).resources
}
