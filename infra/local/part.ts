/** One part of the infrastructure, startable and endable by itself: what a test of a fault needs. */
export interface InfrastructurePart {
  /** Null while it is not running, and in a container. */
  readonly pid: number | null
  /** Resolves when it answers. Its address and its data stay the same over restarts. */
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
  /** Ends it without a chance to close anything. */
  readonly kill: () => Promise<void>
}

/** One that somebody looks after. */
export interface WatchedPart extends InfrastructurePart {
  /** Ends what an earlier start has left. What is wrong with the port then, for a person; null when it is free. */
  readonly portFault: () => Promise<string | null>
  /** Tells how it ended whenever it has answered and then ended by itself; never of a container, of which nobody tells us. */
  readonly onDeath: (listener: (how: string) => void) => void
}
