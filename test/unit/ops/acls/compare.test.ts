import type { AclEntry, DescribeAclResource } from 'kafkajs'
import { expect, it } from 'vitest'
import { compareAcls } from '../../../../services/ops/acls/compare.ts'
import { aclEntries, PERMISSIONS, type Right } from '../../../../services/platform/topics/rights.ts'

const right = (change: Partial<Right> = {}): Right => ({
  ...{ user: 'ingress', resource: 'topic', name: 'ats.raw.', isPrefix: true, operations: ['Write'] },
  ...change,
})
const one = right({ name: 'pulsifi.raw', isPrefix: false })

/** As a cluster tells of them. */
const told = (entries: readonly AclEntry[]): DescribeAclResource[] =>
  entries.map(({ principal, host, operation, permissionType, ...resource }) => ({
    ...resource,
    acls: [{ principal, host, operation, permissionType }],
  }))
const denied = (entries: readonly AclEntry[]) =>
  entries.map(entry => ({ ...entry, permissionType: PERMISSIONS.deny }))
const statesOf = (wanted: readonly Right[], found: readonly AclEntry[]) =>
  compareAcls(aclEntries(wanted), told(found)).map(
    ({ principal, resource, operation, state }) => `${state} ${principal} ${operation} ${resource}`,
  )

it.each([
  ['the same', [right(), one], aclEntries([right(), one]), []],
  ['none', [right()], [], ['missing User:ingress Write topic ats.raw.*']],
  ['one for one of the topics', [right()], aclEntries([right({ name: 'ats.raw.idibu', isPrefix: false })]), ['missing User:ingress Write topic ats.raw.*']],
  ['one for a shorter beginning', [right(), one], aclEntries([right({ name: '' })]), ['more User:ingress Write topic *']],
  ['one for everything', [right()], aclEntries([right({ name: '*', isPrefix: false, operations: ['All'] })], () => 'User:*'), []],
  ['one of a group under the same name', [right()], aclEntries([right({ resource: 'group', operations: ['Write'] })]), ['missing User:ingress Write topic ats.raw.*', 'more User:ingress Write group ats.raw.*']],
  ['reading where describing is wanted', [right({ operations: ['Describe'] })], aclEntries([right({ operations: ['Read'] })]), ['more User:ingress Read topic ats.raw.*']],
  ['one from a single host', [one], aclEntries([one]).map(entry => ({ ...entry, host: '10.0.0.1' })), ['missing User:ingress Write topic pulsifi.raw']],
  ['one that is denied, too', [right()], [...aclEntries([right()]), ...denied(aclEntries([right({ name: 'ats.raw.idibu', isPrefix: false })]))], ['denied User:ingress Write topic ats.raw.*']],
  ['those of somebody else', [one], [...aclEntries([one]), ...aclEntries([right({ user: 'stranger' })])], []],
] as [string, Right[], AclEntry[], string[]][])('a cluster that has %s', (_what, wanted, found, states) => {
  expect(statesOf(wanted, found)).toEqual(states)
}) // biome-ignore format: rows
