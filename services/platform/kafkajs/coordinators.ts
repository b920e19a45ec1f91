/**
 * How a transactional producer talks to its coordinators, where kafkajs 2.2.4 costs a transaction most of its time.
 *
 * kafkajs asks the cluster before each request of a transaction who coordinates it: four look-ups beside the five
 * requests that do something. Here a coordinator is remembered until it refuses or is gone, and then looked up as after
 * any move.
 *
 * The request that opens a transaction is refused while the markers of the one before are being written: a matter of
 * some milliseconds. kafkajs loads all metadata anew and backs off when it was a send, and gives up when it was offsets.
 * Here it is asked again soon.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** A request that kafkajs makes of a coordinator. */
type Request = (request: object) => Promise<unknown>

/** What the requests of a transaction are made of; kafkajs calls it a broker. */
export interface Coordinator {
  isConnected(): boolean
  readonly initProducerId: Request
  readonly addPartitionsToTxn: Request
  readonly addOffsetsToTxn: Request
  readonly txnOffsetCommit: Request
  readonly endTxn: Request
}

export interface Cluster {
  findGroupCoordinator(wanted: {
    readonly groupId: string
    readonly coordinatorType: number
  }): Promise<Coordinator>
}

const REOPEN = { firstWaitMs: 2, waitMsMax: 20, giveUpAfterMs: 5_000 }

/** The same cluster, whose coordinators are remembered and open the next transaction as soon as they can. */
export function withQuickCoordinators<Found extends Cluster>(cluster: Found): Found {
  const known = new Map<string, Coordinator>()
  const findGroupCoordinator: Cluster['findGroupCoordinator'] = async wanted => {
    const name = `${wanted.coordinatorType}/${wanted.groupId}`
    const remembered = known.get(name)
    if (remembered?.isConnected()) return remembered
    const found = quick(await cluster.findGroupCoordinator(wanted), () => known.delete(name))
    known.set(name, found)
    return found
  }
  return Object.create(cluster, { findGroupCoordinator: { value: findGroupCoordinator } })
}

function quick(coordinator: Coordinator, forget: () => void): Coordinator {
  const known =
    (request: Request): Request =>
    async fields => {
      try {
        return await request.call(coordinator, fields)
      } catch (error) {
        forget()
        throw error
      }
    }
  return {
    isConnected: () => coordinator.isConnected(),
    initProducerId: known(coordinator.initProducerId),
    addPartitionsToTxn: known(opening(coordinator.addPartitionsToTxn)),
    addOffsetsToTxn: known(opening(coordinator.addOffsetsToTxn)),
    txnOffsetCommit: known(coordinator.txnOffsetCommit),
    endTxn: known(coordinator.endTxn),
  }
}

/** Refused requests changed nothing: they can be made again. */
function opening(request: Request): Request {
  return async function reopened(this: Coordinator, fields) {
    const giveUpAtMs = performance.now() + REOPEN.giveUpAfterMs
    for (let waitMs = REOPEN.firstWaitMs; ; waitMs = Math.min(waitMs * 2, REOPEN.waitMsMax)) {
      try {
        return await request.call(this, fields)
      } catch (error) {
        if (!isBusy(error) || performance.now() > giveUpAtMs) throw error
        await delay(waitMs)
      }
    }
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'type') === 'CONCURRENT_TRANSACTIONS'
