/** The rights of a cluster beside those of infra/acls.yaml. Pure. */
import {
  type AclEntry,
  type DescribeAclResource,
  OPERATIONS,
  PATTERNS,
  PERMISSIONS,
  RESOURCES,
} from '../../platform/topics/rights.ts'

export interface AclDifference {
  readonly principal: string
  readonly resource: string
  readonly operation: string
  /** `denied`: allowed too, perhaps, but what is denied counts. `more`: allowed, and the file does not ask for it. */
  readonly state: 'missing' | 'denied' | 'more'
}

const EVERYBODY = 'User:*'
const EVERYTHING = '*'

/** @param found everything that the cluster tells of rights */
export function compareAcls(
  wanted: readonly AclEntry[],
  found: readonly DescribeAclResource[],
): readonly AclDifference[] {
  const entries = found.flatMap(({ acls, ...resource }) => acls.map(acl => ({ ...resource, ...acl })))
  const allowed = entries.filter(({ permissionType }) => permissionType === PERMISSIONS.allow)
  const denied = entries.filter(({ permissionType }) => permissionType === PERMISSIONS.deny)
  const principals = new Set(wanted.map(({ principal }) => principal))
  return [
    ...wanted
      .filter(want => !allowed.some(entry => entry.host === '*' && includes(entry, want)))
      .map(want => difference(want, 'missing')),
    ...wanted
      .filter(want => denied.some(entry => includes(entry, want) || includes(want, entry)))
      .map(want => difference(want, 'denied')),
    ...allowed
      .filter(entry => principals.has(entry.principal) && !wanted.some(want => includes(want, entry)))
      .map(entry => difference(entry, 'more')),
  ]
}

/** Whether everything that `narrow` speaks of is spoken of by `wide`. */
function includes(wide: AclEntry, narrow: AclEntry): boolean {
  return (
    (wide.principal === EVERYBODY || wide.principal === narrow.principal) &&
    wide.resourceType === narrow.resourceType &&
    includesName(wide, narrow) &&
    includesOperation(wide.operation, narrow.operation)
  )
}

function includesName(wide: AclEntry, narrow: AclEntry): boolean {
  if (wide.resourcePatternType === PATTERNS.prefixed) return narrow.resourceName.startsWith(wide.resourceName)
  if (wide.resourceName === EVERYTHING) return true
  return narrow.resourcePatternType === PATTERNS.literal && wide.resourceName === narrow.resourceName
}

const DESCRIBING: ReadonlySet<number> = new Set([OPERATIONS.Read, OPERATIONS.Write])

const includesOperation = (wide: number, narrow: number): boolean =>
  wide === narrow ||
  wide === OPERATIONS.All ||
  (narrow === OPERATIONS.Describe && DESCRIBING.has(wide)) ||
  (narrow === OPERATIONS.DescribeConfigs && wide === OPERATIONS.AlterConfigs)

const nameOf = (numbers: Readonly<Record<string, number>>, number: number): string =>
  Object.entries(numbers).find(([, of]) => of === number)?.[0] ?? String(number)

const difference = (entry: AclEntry, state: AclDifference['state']): AclDifference => ({
  principal: entry.principal,
  resource: `${nameOf(RESOURCES, entry.resourceType)} ${entry.resourceName}${entry.resourcePatternType === PATTERNS.prefixed ? '*' : ''}`,
  operation: nameOf(OPERATIONS, entry.operation),
  state,
})
