/** The disasters of infra/disaster-recovery.md, each played with real processes, by the procedure that stands there. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { applyTopicsFile, sourceNames } from '../../infra/local/topics.ts'
import { rawTopic } from '../../services/core/topics.ts'
import { Kafka, logLevel } from '../../services/platform/kafkajs/kafkajs.ts'
import { readTopicsFile } from '../../services/platform/topics/file.ts'
import { INPUTS } from '../chaos/stuck/look-at-groups.ts'
import { copyTopics } from './copy-topics.ts'
import type { DrillResult, Site } from './site.ts'

export type Drill = (site: Site) => Promise<DrillResult>

const RAW = ['humansourcing', 'jobylon'].map(rawTopic)

/** All topics are copied to a second cluster: other offsets, no committed offsets, another address; folders stay. */
const movedToAnotherCluster: Drill = async site => {
  await site.open('first')
  await site.start()
  await site.send(site.part(0, 0.5))
  await site.stop()
  const { brokers, registry } = site.ground
  await forgetHalf(brokers, RAW)
  await registry.stop()
  cpSync(join(site.folder('first'), 'registry'), join(site.folder('second'), 'registry'), { recursive: true })
  const first = site.ground
  await site.reader.close()
  await site.open('second')
  await applyTopicsFile({ KAFKA_BROKERS: site.ground.brokers })
  await copyTopics(
    brokers,
    site.ground.brokers,
    readTopicsFile(sourceNames()).map(({ name }) => name),
  )
  await first.stop()
  const published = await site.published()
  await site.start()
  await site.untilRead()
  const asked = await site.asked()
  const again = await publishedAgain(site, published)
  const posted = await site.send(site.part(0.5, 1))
  const { faults, ...counts } = await site.count([posted])
  return { ...asked, ...counts, faults: [...faults, ...again] }
}

/** What has been read again, and says nothing new, is published as little as a redelivery. */
async function publishedAgain(site: Site, before: number): Promise<readonly string[]> {
  const count = (await site.published()) - before
  return count === 0 ? [] : [`${count} canonical records were published again`]
}

/** Yesterday's copy of the cluster's disk comes back: every topic, the ledger's too, has lost its tail. */
const restoredFromYesterday: Drill = async site => {
  await site.open('first')
  await site.start()
  const kept = await site.send(site.part(0, 0.4))
  await site.stop()
  await site.close()
  site.backUp('first')
  await site.open('first')
  await site.start()
  await site.send(site.part(0.4, 0.7))
  await site.stop()
  await site.close()
  site.restore('first')
  await site.open('first')
  const lost = await site.startAndAcceptLoss()
  await site.untilRead()
  // The senders are asked for the lost time once more.
  const again = await site.send(site.part(0.4, 1))
  // Who waits for a job is called for later, and only then known to have been called for before.
  await site.untilQuiet(again)
  const before = await site.asked()
  const resolved = (await site.ops(
    'invitations',
    'resolve',
    '--reason',
    'LEDGER_LOST',
    '--yes',
  )) as readonly unknown[]
  await site.untilQuiet(again)
  const { askedAgain, perSecond } = await site.asked()
  const left = await site.ops('invitations', 'list', '--outcome', 'AMBIGUOUS', '--reason', 'LEDGER_LOST')
  const { faults, ...counts } = await site.count([kept, again])
  return {
    ...{ ...counts, askedAgain: difference(askedAgain, before.askedAgain), perSecond },
    faults: [
      ...faults,
      ...(lost.length === 0 ? ['the sink did not notice that the ledger has lost its end'] : []),
      ...(resolved.length === 0 ? ['nobody was known to have been invited in what was lost'] : []),
      ...(left as readonly { application_key: string }[]).map(
        ({ application_key }) => `${application_key} is left to a person`,
      ),
    ],
  }
}

const difference = (after: DrillResult['askedAgain'], before: DrillResult['askedAgain']) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([operation, count]) => [operation, count - (before[operation] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  )

/** Both groups are sent back to a time, with the usual tool, while nobody runs. */
const resetToATime: Drill = async site => {
  await site.open('first')
  await site.start()
  const before = await site.send(site.part(0, 0.3))
  const time = Date.now()
  const after = await site.send(site.part(0.3, 0.7))
  await site.stop()
  const published = await site.published()
  await resetGroups(site.ground.brokers, time)
  await site.start()
  await site.untilRead()
  const asked = await site.asked()
  const again = await publishedAgain(site, published)
  const rest = await site.send(site.part(0.7, 1))
  const { faults, ...counts } = await site.count([before, after, rest])
  return { ...asked, ...counts, faults: [...faults, ...again] }
}

export const DRILLS: Readonly<Record<string, Drill>> = {
  'moved to another cluster': movedToAnotherCluster,
  'restored from yesterday': restoredFromYesterday,
  'offsets reset to a time': resetToATime,
}

/** As retention does: the older half of each partition goes. */
const forgetHalf = (brokers: string, topics: readonly string[]): Promise<void> =>
  asAdmin(brokers, async admin => {
    for (const topic of topics) {
      const partitions = (await admin.fetchTopicOffsets(topic)).map(({ partition, low, high }) => ({
        partition,
        offset: String(Math.floor((Number(low) + Number(high)) / 2)),
      }))
      await admin.deleteTopicRecords({ topic, partitions })
    }
  })

const resetGroups = (brokers: string, timeMs: number): Promise<void> =>
  asAdmin(brokers, async admin => {
    for (const [groupId, topics] of Object.entries(INPUTS))
      for (const topic of topics) {
        const partitions = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs)
        await admin.setOffsets({ groupId, topic, partitions })
      }
  })

type Admin = ReturnType<InstanceType<typeof Kafka>['admin']>

async function asAdmin(brokers: string, act: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = new Kafka({
    brokers: brokers.split(','),
    clientId: 'drill',
    logLevel: logLevel.NOTHING,
  }).admin()
  await admin.connect()
  await act(admin)
  await admin.disconnect()
}
