/** What a broker refuses for want of a right, said so that somebody can give it. */
import { UnreachableError } from '../process/config.ts'

const DENIED = /^(TOPIC|GROUP|CLUSTER|TRANSACTIONAL_ID)_AUTHORIZATION_FAILED$/

/** It may be given back at any time, so that starting again may help. */
export class DeniedError extends UnreachableError {}

/** @param right such as `Read on the group "normalizer"` */
export const deniedSentence = (right: string): string =>
  `the cluster denies ${right} to this user (KAFKA_SASL_USERNAME): give it what infra/acls.yaml has for this process ` +
  `("npm run ops -- acls print"; "acls check" compares)`

/** The error as it is, or as a `DeniedError` that names `right` when the broker has refused for want of it. */
export const namingRight = (error: unknown, right: string): unknown =>
  isDenied(error) ? new DeniedError(deniedSentence(right), { cause: error }) : error

export function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return DENIED.test(String(Reflect.get(error, 'type'))) || isDenied(error.cause)
}
