/** From the webhook to its record: a broker that is away, spools, canaries, and what cannot be read or kept. */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PULSIFI_REFERENCE, rawTopic } from '../../../services/core/topics.ts'
import { waitUntil } from '../wait-until.ts'
import type { Instance } from '../world.ts'
import type { AlertFault } from './fault.ts'
import type { ToCanaries } from './gateway.ts'
import type { Scene } from './scene.ts'
import { post } from './traffic.ts'

const RAW = rawTopic('direct')

const job = (external_id: string, description: string) => ({
  ...{ type: 'job', action: 'upsert' },
  data: { external_id, title: 'Welder', description },
})
/** Jobs that nobody applies for. */
const postJobs = ({ port }: Instance, names: readonly string[], description = 'Nobody applies.') =>
  Promise.all(names.map(name => post(`http://127.0.0.1:${port}`, 'direct', job(name, description))))
const named = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, number) => `${prefix}-${number}`)

const spoolOf = (scene: Scene, { slot }: Instance): string =>
  join(scene.world.directory, 'spool', `ingress-${slot}`)

const untilSpool = (instance: Instance, isSo: (bytes: number) => boolean): Promise<void> =>
  waitUntil('the spool', 30_000, async () => {
    const text = await (await fetch(`http://127.0.0.1:${instance.healthPort}/metrics`)).text()
    return isSo(Number(/^atsflow_spool_bytes (\S+)$/m.exec(text)?.[1] ?? Number.NaN))
  })

export const brokerStands: AlertFault = {
  name: 'the broker stands still',
  fires: ['AtsflowSpooling'],
  async begin(scene) {
    scene.signalBroker('SIGSTOP')
    return async () => {
      scene.signalBroker('SIGCONT')
      await scene.settled()
    }
  },
}

/** More than a hundredth of a MiB. */
const BURST = 40

export const spoolFull: AlertFault = {
  name: 'the broker stands still for a moment, and a spool is small',
  fires: ['AtsflowSpoolFillsUp', 'AtsflowWebhooksFail'],
  lingers: true,
  async begin(scene) {
    const instance = await scene.addIngress({ SPOOL_MAX_MIB: '0.01' })
    scene.signalBroker('SIGSTOP')
    await postJobs(instance, named('burst', BURST))
    // It is no longer full once the broker goes on: that is to be seen before.
    await waitUntil('the spool to be seen', 30_000, () => scene.prometheus.fires('AtsflowSpoolFillsUp'))
    scene.signalBroker('SIGCONT')
    return async () => {
      await untilSpool(instance, bytes => bytes === 0)
      await scene.leave(instance)
      await scene.settled()
    }
  },
}

export const spoolDamaged: AlertFault = {
  name: 'a file of the spool cannot be read back',
  fires: ['AtsflowSpoolDamaged'],
  lingers: true,
  async begin(scene) {
    const instance = await scene.addIngress()
    scene.signalBroker('SIGSTOP')
    await postJobs(instance, named('damaged', 3))
    await untilSpool(instance, bytes => bytes > 0)
    await scene.world.kill(instance)
    scene.signalBroker('SIGCONT')
    spoil(spoolOf(scene, instance))
    await scene.revive(instance)
    return async () => {
      await scene.leave(instance)
      await scene.settled()
    }
  },
}

/** Some bytes in the middle of each file are others. */
function spoil(folder: string): void {
  const names = readdirSync(folder, { recursive: true }).map(String)
  for (const name of names.filter(each => each.endsWith('.spool'))) {
    const bytes = readFileSync(join(folder, name))
    const middle = Math.floor(bytes.length / 2)
    writeFileSync(join(folder, name), bytes.fill(0xff, middle, middle + 8))
  }
}

/** Kafka's number for a topic among what can be configured. */
const TOPIC_RESOURCE = 2

export const tooLarge: AlertFault = {
  name: 'an event is larger than its topic takes',
  fires: ['AtsflowEventsRefused'],
  async begin(scene) {
    const instance = scene.only('ingress')
    const configEntries = [{ name: 'max.message.bytes', value: String(16 * 1024) }]
    await scene.admin(async admin => {
      const resources = [{ type: TOPIC_RESOURCE, name: RAW, configEntries }]
      await admin.alterConfigs({ validateOnly: false, resources })
    })
    await postJobs(instance, ['large'], randomBytes(48 * 1024).toString('base64'))
    return async () => {
      await scene.ops('topics', 'apply')
      const folder = spoolOf(scene, instance)
      for (const name of readdirSync(join(folder, 'refused', RAW)))
        renameSync(join(folder, 'refused', RAW, name), join(folder, 'put-back', name))
    }
  },
}

export const retentionFaster: AlertFault = {
  name: 'records are deleted before the normalizer has read them',
  fires: ['AtsflowOffsetsLost'],
  lingers: true,
  async begin(scene) {
    const normalizer = scene.only('normalizer')
    await scene.world.kill(normalizer)
    await postJobs(scene.only('ingress'), named('lost', 3))
    await scene.admin(async admin => {
      const bounds = await admin.fetchTopicOffsets(RAW)
      const partitions = bounds
        .filter(({ low, high }) => Number(high) > Number(low))
        .map(({ partition, high }) => ({ partition, offset: high }))
      await admin.deleteTopicRecords({ topic: RAW, partitions })
    })
    await scene.revive(normalizer)
    return () => scene.settled()
  },
}

export const unreadableRecord: AlertFault = {
  name: 'somebody writes to a topic that is state',
  fires: ['AtsflowRecordsUnreadable'],
  async begin(scene) {
    const write = (value: Buffer | null) =>
      scene.produce({ topic: PULSIFI_REFERENCE, messages: [{ key: 'nobody', value }] })
    await write(Buffer.from('no record'))
    return () => write(null)
  },
}

export const deadLetter: AlertFault = {
  name: 'a webhook cannot be mapped, and nobody looks',
  fires: ['AtsflowDeadLetters'],
  async begin(scene) {
    const [url = ''] = scene.world.ingressUrls()
    const status = await post(url, 'cleverconnect', { id: 77, candidate: { firstName: 'Without a job' } })
    if (status !== 200) throw new Error(`ingress answered ${status}`)
    return () => scene.ops('dead-letters', 'discard', '--all', '--yes')
  },
}

const canaries = (how: ToCanaries, fault: Pick<AlertFault, 'name' | 'fires' | 'lingers'>): AlertFault => ({
  ...fault,
  async begin({ gateway }) {
    gateway.toCanaries = how
    return async () => {
      gateway.toCanaries = 'pass'
    }
  },
})

export const canariesRefused = canaries('refuse', {
  name: 'the proxy before ingress refuses canaries',
  fires: ['AtsflowCanaryMissing'],
})
export const canariesHeld = canaries('hold', {
  name: 'the proxy before ingress holds every second canary back',
  fires: ['AtsflowCanarySlow'],
  lingers: true,
})
