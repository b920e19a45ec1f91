/**
 * How a transactional producer talks to its coordinators, where kafkajs 2.2.4 costs a transaction most of its time, and
 * gives up when one of them has moved.
 *
 * kafkajs asks the cluster before each request of a transaction who coordinates it: four look-ups beside the five
 * requests that do something. Here a coordinator is remembered until it refuses or is gone, and then looked up as after
 * any move.
 *
 * The request that opens a transaction is refused while the markers of the one before are being written: a matter of
 * some milliseconds. kafkajs loads all metadata anew and backs off when it was a send, and gives up when it was offsets.
 * Here it is asked again soon.
 *
 * A broker that no longer coordinates, or does not yet, says so. kafkajs means to ask the next one for offsets and
 * looks for that answer under a name that it does not have; for other requests it does not try. Each of them has the
 * same effect when it is made twice, so here the next coordinator is asked. One that takes over while a transaction is
 * being ended completes it, and says until then that it is busy: given up there, a step that is committed would count as
 * failed, and the calls that it decided would not be made.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** A request that kafkajs makes of a coordinator. */
type Request = (request: object) => Promise<unknown>

type RequestName = 'initProducerId' | 'addPartitionsToTxn' | 'addOffsetsToTxn' | 'txnOffsetCommit' | 'endTxn'

/** What the requests of a transaction are made of; kafkajs calls it a broker. */
export interface Coordinator extends Readonly<Record<RequestName, Request>> {
  isConnected(): boolean
}

interface Wanted {
  readonly groupId: string
  readonly coordinatorType: number
}

export interface Cluster {
  findGroupCoordinator(wanted: Wanted): Promise<Coordinator>
}

const FIRST_WAIT_MS = 2
const GIVE_UP_AFTER_MS = 5_000

/** After how long at the most it is asked again, by the answer; whatever is not here is for the caller to judge. */
const BUSY: Readonly<Record<string, number>> = { CONCURRENT_TRANSACTIONS: 20 }
const MOVED: Readonly<Record<string, number>> = {
  NOT_COORDINATOR_FOR_GROUP: 250,
  GROUP_COORDINATOR_NOT_AVAILABLE: 250,
  GROUP_LOAD_IN_PROGRESS: 250,
}
/** kafkajs itself asks again for a producer id. */
const WAITS: Readonly<Record<RequestName, Readonly<Record<string, number>>>> = {
  initProducerId: {},
  addPartitionsToTxn: { ...BUSY, ...MOVED },
  addOffsetsToTxn: { ...BUSY, ...MOVED },
  txnOffsetCommit: MOVED,
  endTxn: { ...BUSY, ...MOVED },
}

/** The same cluster, whose coordinators are remembered, and asked again where that is all that is missing. */
export function withQuickCoordinators<Found extends Cluster>(cluster: Found): Found {
  const known = new Map<string, QuickCoordinator>()
  const findGroupCoordinator: Cluster['findGroupCoordinator'] = async wanted => {
    const name = `${wanted.coordinatorType}/${wanted.groupId}`
    const found = known.get(name) ?? new QuickCoordinator(() => cluster.findGroupCoordinator(wanted))
    known.set(name, found)
    await found.find()
    return found
  }
  return Object.create(cluster, { findGroupCoordinator: { value: findGroupCoordinator } })
}

class QuickCoordinator implements Coordinator {
  readonly #lookUp: () => Promise<Coordinator>
  #remembered: Coordinator | null = null

  constructor(lookUp: () => Promise<Coordinator>) {
    this.#lookUp = lookUp
  }

  isConnected = () => this.#remembered?.isConnected() === true
  initProducerId = (fields: object) => this.#ask('initProducerId', fields)
  addPartitionsToTxn = (fields: object) => this.#ask('addPartitionsToTxn', fields)
  addOffsetsToTxn = (fields: object) => this.#ask('addOffsetsToTxn', fields)
  txnOffsetCommit = (fields: object) => this.#ask('txnOffsetCommit', fields)
  endTxn = (fields: object) => this.#ask('endTxn', fields)

  async find(): Promise<Coordinator> {
    if (this.#remembered?.isConnected() !== true) this.#remembered = await this.#lookUp()
    return this.#remembered
  }

  async #ask(name: RequestName, fields: object): Promise<unknown> {
    const giveUpAtMs = performance.now() + GIVE_UP_AFTER_MS
    for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
      const coordinator = await this.find()
      try {
        return await coordinator[name](fields)
      } catch (error) {
        const answer = error instanceof Error ? String(Reflect.get(error, 'type')) : ''
        if (!Object.hasOwn(BUSY, answer)) this.#remembered = null
        const longestMs = WAITS[name][answer]
        if (longestMs === undefined || performance.now() > giveUpAtMs) throw error
        waitMs = Math.min(waitMs, longestMs)
        await delay(waitMs)
      }
    }
  }
}
