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
