/** Processes that are away, are started again and again, or are not like the others; and the registry. */
import { waitUntil } from '../wait-until.ts'
import type { ServiceName } from '../world.ts'
import type { AlertFault } from './fault.ts'

const SKEW = new URL('../clock-skew.ts', import.meta.url).href

export const killed = (service: ServiceName): AlertFault => ({
  name: `${service} is killed`,
  fires: ['AtsflowDown'],
  async begin(scene) {
    const instance = scene.only(service)
    await scene.world.kill(instance)
    return async () => {
      await scene.revive(instance)
      await scene.settled()
    }
  },
})

export const sinkStands: AlertFault = {
  name: 'pulsifi-sink stands still',
  fires: ['AtsflowDown'],
  async begin(scene) {
    const { pid } = scene.only('pulsifi-sink').child
    process.kill(pid, 'SIGSTOP')
    return async () => {
      process.kill(pid, 'SIGCONT')
      await scene.settled()
    }
  },
}

export const consoleMissing: AlertFault = {
  name: 'no console runs, and Prometheus knows of none',
  fires: ['AtsflowProcessMissing'],
  async begin(scene) {
    const instance = scene.only('console')
    scene.hide(instance)
    await scene.world.kill(instance)
    return async () => {
      await scene.revive(instance)
      scene.show(instance)
    }
  },
}

const STARTS = 3

export const consoleRestarts: AlertFault = {
  name: 'console ends again and again',
  fires: ['AtsflowRestartsAgainAndAgain'],
  lingers: true,
  async begin(scene) {
    const instance = scene.only('console')
    const label = `{instance="console-${instance.slot}"}`
    const seenStart = async (): Promise<number | undefined> =>
      (await scene.prometheus.query(`process_start_time_seconds${label} and up${label} == 1`))[0]
    for (let time = 0; time < STARTS; time++) {
      const before = await seenStart()
      await scene.world.kill(instance)
      await scene.revive(instance)
      await waitUntil('the new start to be seen', 30_000, async () => {
        const now = await seenStart()
        return now !== undefined && now !== before
      })
    }
    return async () => {}
  },
}

export const clockAhead: AlertFault = {
  name: 'the clock of one more sink is ahead',
  fires: ['AtsflowClockDiffers'],
  async begin(scene) {
    const instance = await scene.add('pulsifi-sink', { CHAOS_PRELOAD: SKEW, CHAOS_SKEW_MS: '90000' })
    return async () => {
      await scene.leave(instance)
      await scene.settled()
    }
  },
}

export const otherVersion: AlertFault = {
  name: 'an ingress of another version runs beside the others',
  fires: ['AtsflowVersionsDiffer'],
  async begin(scene) {
    const instance = await scene.addIngress({ GIT_SHA: '0'.repeat(40) })
    return () => scene.leave(instance)
  },
}

export const registryKilled: AlertFault = {
  name: 'the registry is killed',
  fires: ['AtsflowRegistryAway'],
  async begin({ world: { ground } }) {
    await ground.registry.kill()
    return () => ground.registry.start()
  },
}
