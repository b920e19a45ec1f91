/**
 * What a coordinator answers when partitions are added to a transaction. It refuses all of them for one; kafkajs 2.2.4
 * throws the error of the first, which mostly says that it was not attempted, and not which one was at fault.
 */

interface Added {
  readonly errors: readonly {
    readonly topic: string
    readonly partitionErrors: readonly { readonly partition: number; readonly errorCode: number }[]
  }[]
}

/** OPERATION_NOT_ATTEMPTED. */
const NOT_ATTEMPTED = 55

/** @throws the error of the partition at fault, with its `topic`. */
export function parseAdded<Answer extends Added>(answer: Answer, errorFor: (code: number) => Error): Answer {
  const refused = answer.errors.flatMap(({ topic, partitionErrors }) =>
    partitionErrors.filter(({ errorCode }) => errorCode !== 0).map(({ errorCode }) => ({ topic, errorCode })),
  )
  const atFault = refused.find(({ errorCode }) => errorCode !== NOT_ATTEMPTED) ?? refused[0]
  if (atFault === undefined) return answer
  throw Object.assign(errorFor(atFault.errorCode), { topic: atFault.topic })
}
