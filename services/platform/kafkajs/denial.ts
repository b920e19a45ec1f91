/** What a broker refuses for want of a right, as kafkajs says it: in the `type` of an error, or of what it wraps. */

const DENIED = /^(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$/

export const isDenied = (error: unknown): boolean => deniedResource(error) !== null

/** What the right is missing on, such as `TOPIC`; null for any other error. */
export function deniedResource(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  const [, resource] = DENIED.exec(String(Reflect.get(error, 'type'))) ?? []
  return resource ?? deniedResource(error.cause)
}
