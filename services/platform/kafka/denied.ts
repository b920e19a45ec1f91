/** What a broker refuses for want of a right, said so that somebody can give it. */
import { isDenied } from '../kafkajs/denial.ts'
import { UnreachableError } from '../process/config.ts'

/** It may be given back at any time, so that starting again may help. */
export class DeniedError extends UnreachableError {}

/**
 * @param right such as `Read on the group "normalizer"`
 * @param principal who asked, as the cluster knows it
 */
export const deniedSentence = (right: string, principal: string): string =>
  `the cluster denies ${right} to ${principal}: give it what infra/acls.yaml has for this process ` +
  `("npm run ops -- acls print"; "acls check" compares)`

/** The error as it is, or as a `DeniedError` that names right and principal when the broker has refused for want of it. */
export const namingRight = (error: unknown, right: string, principal: string): unknown =>
  isDenied(error) ? new DeniedError(deniedSentence(right, principal), { cause: error }) : error
