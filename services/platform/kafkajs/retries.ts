/** What kafkajs 2.2.4 means by an error that may pass, and what has to be done before another attempt. */

/** kafkajs tries again what says that it is retriable. */
export class RetriesError extends Error {
  override readonly name = 'RetriesError'
  readonly retriable: boolean

  constructor(message: string, { retriable, cause }: { retriable: boolean; cause?: unknown }) {
    super(message, { cause })
    this.retriable = retriable
  }
}

export const isPassing = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, 'retriable') === true

/** As much of kafkajs's cluster as is needed to learn what has changed. */
export interface RefreshedCluster {
  refreshMetadata(): Promise<void>
  removeBroker(gone: { readonly host: string; readonly port: number }): void
  isConnected(): boolean
  connect(): Promise<void>
}

/**
 * Whatever failed, who leads what may have changed.
 * @returns why the attempt failed, or why there can be no other
 */
export async function refreshed(cluster: RefreshedCluster, error: unknown): Promise<unknown> {
  try {
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError')
      cluster.removeBroker({ host: Reflect.get(error, 'host'), port: Reflect.get(error, 'port') })
    if (!cluster.isConnected()) await cluster.connect()
    await cluster.refreshMetadata()
    return error
  } catch (unreachable) {
    return unreachable
  }
}

/** `bail` gives up with its error as it is; what is thrown is tried again if it is retriable. */
export type Retrier = <Result>(
  attempt: (
    bail: (error: unknown) => void,
    retryCount: number,
    retryTimeMs: number,
  ) => Promise<Result | undefined>,
) => Promise<Result>
