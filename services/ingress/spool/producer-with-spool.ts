/**
 * A producer of one topic that takes events while Kafka is away, or refuses the topic.
 *
 * Records go straight to the broker while it answers. When the oldest has waited too long, everything that waits
 * goes to the spool in the order of its arrival, what is on the wire included; from then on records reach the broker
 * through the spool, or wait until it is empty: so a key's order holds. When the send on the wire turns out to have
 * succeeded, its records are taken off the spool again, so only what is really in doubt is written twice.
 */
import { setImmediate as immediate, setTimeout as sleep } from 'node:timers/promises'
import type { KafkaClient } from '../../platform/kafka/client.ts'
import type { BatchLimits, OutboundRecord } from '../../platform/kafka/producer-batch.ts'
import {
  type ClientOptions,
  type Connection,
  createProducerClient,
  Overloaded,
  type ProducerClient,
} from '../../platform/kafka/producer-client.ts'
import { SpoolFull, type SpoolLane } from './lane.ts'
import { WaitingRecords } from './producer-waiting.ts'
import { type Refusal, refusalOf } from './refusal.ts'

export interface SpoolingProducerOptions extends ClientOptions {
  /** A record that the broker has not taken by then goes to the spool. */
  readonly spoolAfterMs: number
  /** What may wait for the broker in memory; more goes to the spool at once. */
  readonly queue: BatchLimits
  readonly batch: BatchLimits
  /** Wait after a connection or a send that failed. */
  readonly reconnectPauseMs: number
  /** The same where the broker refuses the topic: that takes a person. */
  readonly refusedPauseMs: number
  /** Bytes of the spool that the topic may fill while it is refused: the others may need the rest. */
  readonly refusedBytesMax: number
  /** The broker begins to refuse the topic, for this cause; null when it takes records again. */
  readonly onRefusal: (cause: string | null) => void
  /** Keeps a record that the broker will never take as it is, durably. */
  readonly setAside: (record: OutboundRecord, cause: string) => Promise<void>
  readonly onSpooling: () => void
  readonly onDrained: (drained: { readonly records: number; readonly durationMs: number }) => void
  readonly onSpooled: (records: number) => void
  /** The spool cannot be read: nothing can be sent in order any more. */
  readonly onLost: (error: unknown) => void
}

export interface TopicState {
  readonly isConnected: boolean
  /** Records reach the broker without the spool. */
  readonly isDirect: boolean
  /** Why the broker refuses the topic; null when it does not. */
  readonly refusal: string | null
  /** Waiting in memory and on the wire. */
  readonly records: number
  readonly bytes: number
}

export const SPOOLING_DEFAULTS = {
  spoolAfterMs: 1_000,
  queue: { recordsMax: 20_000, bytesMax: 64 * 1024 * 1024 },
  // By default the broker takes 1 MiB for one partition, and all of a batch may go to one.
  batch: { recordsMax: 2_000, bytesMax: 900 * 1024 },
  attemptMaxMs: 30_000,
  reconnectPauseMs: 250,
  refusedPauseMs: 2_000,
} as const satisfies Partial<SpoolingProducerOptions>

interface Failure {
  /** Null when nobody has refused anything. */
  readonly refusal: Refusal | null
}

export class SpoolingProducer {
  private readonly spool: SpoolLane
  private readonly client: ProducerClient
  private readonly options: SpoolingProducerOptions
  private readonly waiting: WaitingRecords
  private readonly pumping: Promise<void>
  private timer: NodeJS.Timeout | undefined
  private wake: () => void = () => {}
  private isAway = false
  private isClosed = false
  private isSpoolClosed = false
  /** So little is left in the spool that what comes may wait for it in memory: else a busy spool never gets empty. */
  private isCatchingUp = false
  /** Fewer after a failure, so that one record that the broker refuses cannot hold up the others in front of it. */
  private drainMax: number
  /** Why the broker refuses the topic. */
  private refusal: string | null = null
  private spoolingSince: { readonly startedMs: number; records: number } | null = null

  constructor(kafka: Pick<KafkaClient, 'producer'>, spool: SpoolLane, options: SpoolingProducerOptions) {
    this.spool = spool
    this.options = options
    this.client = createProducerClient(kafka, { ...options, onFailure: error => this.noteFailure(error) })
    this.waiting = new WaitingRecords(options.queue)
    this.drainMax = options.batch.recordsMax
    this.pumping = this.pump().catch(options.onLost)
  }

  /**
   * Resolves when all records are on all in-sync replicas or on this machine's disk. Rejects with `Overloaded`,
   * `SpoolFull` or `SpoolFailed`; some of the records may be kept then all the same.
   */
  async send(records: readonly OutboundRecord[]): Promise<void> {
    if (this.isClosed) throw new Overloaded('the process is stopping')
    if (this.isAway || this.waiting.isFull() || !(this.spool.isEmpty() || this.isCatchingUp)) {
      this.spoolWaiting()
      return await this.toSpool(records)
    }
    const answered = this.waiting.add(records, performance.now())
    this.timer ??= setTimeout(() => this.spoolWhatIsOld(), this.options.spoolAfterMs)
    this.wake()
    await answered
  }

  /** Takes no more; what waits goes to the broker or, when that takes long, to the spool. The spool is kept. */
  async close(): Promise<void> {
    this.isClosed = true
    this.wake()
    const abort = new AbortController()
    const impatient = sleep(this.options.spoolAfterMs, undefined, { signal: abort.signal }).then(
      () => this.spoolWaiting(),
      () => undefined,
    )
    await Promise.race([this.pumping, impatient])
    abort.abort()
    clearTimeout(this.timer)
    this.isSpoolClosed = true
    await this.spool.close()
    await Promise.race([this.client.close(), sleep(this.options.spoolAfterMs, undefined, { ref: false })])
  }

  /** Something lies in the spool that this producer has not put there. */
  wakeUp(): void {
    this.wake()
  }

  state(): TopicState {
    const isConnected = this.client.isConnected()
    const isDirect = isConnected && this.spool.isEmpty() && !this.waiting.isStuck()
    return { ...this.waiting.size(), isConnected, isDirect, refusal: this.refusal }
  }

  private async pump(): Promise<void> {
    while (!(this.isClosed && this.waiting.isEmpty())) {
      if (!this.spool.isEmpty()) await this.drain()
      else if (!this.waiting.isEmpty()) await this.sendWaiting()
      else if (!this.client.isConnected()) await this.connect()
      else await this.woken()
    }
  }

  private async connect(): Promise<Connection | null> {
    const connection = await this.client.connect()
    this.isAway = connection === null
    if (connection === null) {
      this.spoolWaiting()
      await this.pause()
    }
    return connection
  }

  private async sendWaiting(): Promise<void> {
    const connection = await this.connect()
    // What has already arrived at our sockets goes along: fewer and larger requests, and no time is waited.
    await immediate()
    // Waiting for the connection may have taken so long that everything was spooled.
    if (connection === null || this.waiting.isEmpty() || !this.spool.isEmpty()) return
    const failure = await this.attempt(connection, this.waiting.toWire(this.options.batch))
    // Whether the broker has written a part of it is not known.
    if (failure !== null) this.spoolWaiting()
    const kept = await this.waiting.leaveWire()
    if (failure !== null) await this.pauseUnlessOfRecord(failure)
    else if (kept !== null && !this.isSpoolClosed) await this.takeOff(kept)
  }

  /** What was on the wire when it was spooled is at the spool's head, since the spool was empty then. */
  private async takeOff(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const records = await this.spool.next({ recordsMax: left, bytesMax: Number.POSITIVE_INFINITY })
      if (records.length === 0) return
      await this.spool.acknowledge(records.length)
      left -= records.length
    }
    this.sayWhenDrained(0)
  }

  private async drain(): Promise<void> {
    this.spoolingSince ??= { startedMs: performance.now(), records: 0 }
    const connection = await this.connect()
    if (connection === null || this.isSpoolClosed) return
    const { recordsMax, bytesMax } = this.options.batch
    const records = await this.spool.next({ recordsMax: this.drainMax, bytesMax })
    if (records.length === 0) return await this.spool.written()
    const failure = await this.attempt(connection, records)
    if (this.isSpoolClosed) return
    if (failure === null) {
      await this.spool.acknowledge(records.length)
      this.drainMax = Math.min(recordsMax, this.drainMax * 2)
      this.isCatchingUp = this.spool.state().records <= recordsMax
      this.sayWhenDrained(records.length)
    } else {
      this.spoolWaiting()
      this.drainMax = Math.max(1, Math.floor(records.length / 2))
      await this.pauseUnlessOfRecord(failure)
      if (records.length === 1 && failure.refusal?.of === 'record')
        await this.setAside(records[0], failure.refusal.cause)
    }
  }

  /** One record that is refused for what it is lets the others pass. */
  private async setAside(record: OutboundRecord | undefined, cause: string): Promise<void> {
    if (record === undefined) return
    try {
      await this.options.setAside(record, cause)
      await this.spool.acknowledge(1)
      this.sayWhenDrained(1)
    } catch {
      // Then it stays where it is, as safe as before.
      await this.pause()
    }
  }

  /** Null when the broker has all of it. */
  private async attempt(connection: Connection, records: readonly OutboundRecord[]): Promise<Failure | null> {
    try {
      await connection.send(records)
      this.noteRefusal(null)
      return null
    } catch (error) {
      return { refusal: refusalOf(error) }
    }
  }

  /** A failure that is no refusal leaves open whether the last one holds. */
  private noteFailure(error: unknown): void {
    this.options.onFailure(error)
    const refusal = refusalOf(error)
    if (refusal?.of === 'topic') this.noteRefusal(refusal.cause)
  }

  private noteRefusal(cause: string | null): void {
    if (cause !== this.refusal) this.options.onRefusal(cause)
    this.refusal = cause
  }

  private pause(): Promise<void> {
    const { reconnectPauseMs, refusedPauseMs } = this.options
    return sleep(this.refusal === null ? reconnectPauseMs : refusedPauseMs)
  }

  /** Fewer records at once show which of them it is. */
  private async pauseUnlessOfRecord({ refusal }: Failure): Promise<void> {
    if (refusal?.of !== 'record') await this.pause()
  }

  private spoolWhatIsOld(): void {
    this.timer = undefined
    const sinceMs = this.waiting.oldestSinceMs()
    if (sinceMs === null) return
    const leftMs = sinceMs + this.options.spoolAfterMs - performance.now()
    if (leftMs > 1) this.timer = setTimeout(() => this.spoolWhatIsOld(), leftMs)
    else this.spoolWaiting()
  }

  private spoolWaiting(): void {
    this.isCatchingUp = false
    this.waiting.moveAll(record => this.toSpool([record]))
  }

  private async toSpool(records: readonly OutboundRecord[]): Promise<void> {
    if (this.spoolingSince === null) this.options.onSpooling()
    this.spoolingSince ??= { startedMs: performance.now(), records: 0 }
    if (this.refusal !== null && this.spool.state().bytes > this.options.refusedBytesMax)
      throw new SpoolFull('a topic that is refused leaves the rest of the spool to the others')
    // Called at once, so that the order of calls is the order on disk.
    await this.spool.append(records)
    this.options.onSpooled(records.length)
    this.wake()
  }

  private sayWhenDrained(records: number): void {
    if (this.spoolingSince === null) return
    this.spoolingSince.records += records
    if (!this.spool.isEmpty()) return
    const durationMs = Math.round(performance.now() - this.spoolingSince.startedMs)
    this.options.onDrained({ records: this.spoolingSince.records, durationMs })
    this.spoolingSince = null
  }

  /** Until there is something to do. */
  private woken(): Promise<void> {
    return new Promise(resolve => {
      this.wake = resolve
    })
  }
}
