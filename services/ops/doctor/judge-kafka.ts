/** What is to be said of the broker's topics and of the registry: pure. */
import { COMPATIBILITY_MODE } from '../../platform/avro/registry.ts'
import type { DurabilityFault } from '../../platform/topics/durability.ts'
import type { TopicDifference } from '../topics/topics.ts'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { RegistryReport, SubjectReport } from './registry-report.ts'

const APPLY = 'npm run ops -- topics apply'

/** Names as they fit on a line. */
const few = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`

export function judgeTopics(differences: readonly TopicDifference[], count: number): readonly Finding[] {
  const missing = differences.filter(({ what }) => what === 'topic').map(({ topic }) => topic)
  const partitions = differences.filter(({ what }) => what === 'partitions')
  const settings = differences.filter(({ what }) => what !== 'topic' && what !== 'partitions')
  const findings: Finding[] = []
  if (missing.length > 0) findings.push(fail('topics', `missing: ${few(missing)}`, `run "${APPLY}"`))
  if (partitions.length > 0) {
    findings.push(judgePartitions(partitions, count - missing.length))
  }
  if (settings.length > 0) {
    const names = few(settings.map(({ topic, what }) => `${topic} ${what}`))
    findings.push(warn('topics', `not as infra/topics.yaml has them: ${names}`, `run "${APPLY}"`))
  }
  return findings.length > 0 ? findings : [ok('topics', `all ${count} are as infra/topics.yaml has them`)]
}

/** @param existing topics that there are */
function judgePartitions(differing: readonly TopicDifference[], existing: number): Finding {
  const [{ is, should_be = '' } = { is: null }] = differing
  const names = few(differing.map(({ topic, is: has }) => `${topic} ${has ?? 'no'}`))
  const says = `partitions are not ${should_be}, as PARTITIONS is: ${names}`
  const isCommon = differing.length === existing && differing.every(({ is: has }) => has === is)
  if (isCommon)
    return fail(
      'topics',
      says,
      `set PARTITIONS=${is ?? ''} everywhere; the number cannot be changed in place`,
    )
  const todo = `make them anew with ${should_be}: stop what writes to them, let what reads them come to the end, delete them, run "${APPLY}"; PARTITIONS stays, since all topics have the same number`
  return fail('topics', says, todo)
}

/** @param isInEarnest people are invited who exist */
export function judgeDurability(faults: readonly DurabilityFault[], isInEarnest: boolean): Finding {
  const [first] = faults
  if (first === undefined) return ok('durability', 'what is acknowledged is held as infra/topics.yaml asks')
  if (!isInEarnest)
    return ok('durability', 'acknowledged records may be lost; more is asked only with a real account')
  const names = few(faults.map(({ topic, what, is }) => `${topic} ${what} ${is}`))
  const says = `acknowledged records may be lost: ${names}`
  const kinds = new Set(faults.map(({ what }) => what))
  const todo = [
    ...(kinds.has('replicas')
      ? ['give them more replicas (kafka-reassign-partitions.sh), and the broker that default']
      : []),
    ...faults
      .filter(({ what }, at) => what !== 'replicas' && faults.findIndex(other => other.what === what) === at)
      .map(({ what, shouldBe }) => `set ${what}=${shouldBe} (kafka-configs.sh)`),
  ].join('; ')
  return fail('durability', says, todo)
}

export function judgeRegistry(report: RegistryReport, host: string): readonly Finding[] {
  if (report.type === 'failed') {
    const todo = /^\d+$/.test(report.reason)
      ? 'make SCHEMA_REGISTRY_URL the base of a Confluent-compatible API, with credentials if it needs them'
      : 'start it ("npm run start:infra"), or set SCHEMA_REGISTRY_URL'
    return [fail('registry', `${host} does not answer as it should (${report.reason})`, todo)]
  }
  return [ok('registry', `${host} answers`), ...judgeSubjects(report.subjects, host)]
}

function judgeSubjects(subjects: readonly SubjectReport[], host: string): readonly Finding[] {
  const unregistered = subjects.filter(({ isRegistered }) => !isRegistered)
  const loose = subjects.filter(
    ({ compatibility, isRegistered }) =>
      compatibility !== COMPATIBILITY_MODE && (isRegistered || compatibility !== null),
  )
  const findings: Finding[] = []
  for (const { subject, compatibility } of loose) {
    const says = `${subject} has ${compatibility ?? 'no compatibility of its own'}, not ${COMPATIBILITY_MODE}`
    const todo = `PUT ${host}/config/${subject} {"compatibility":"${COMPATIBILITY_MODE}"}`
    findings.push(fail('schemas', says, todo))
  }
  if (unregistered.length > 0) {
    const names = few(unregistered.map(({ subject }) => subject))
    const todo = 'start the processes: each registers them and says so if the registry refuses one'
    findings.push(warn('schemas', `not registered as this version has them: ${names}`, todo))
  }
  const says = `all ${subjects.length} are registered, compatibility ${COMPATIBILITY_MODE}`
  return findings.length > 0 ? findings : [ok('schemas', says)]
}
