/** Whether a secret is one that people think of: known passwords, what is made of them, and patterns of the keyboard. */
import { createRequire } from 'node:module'
import type { ZxcvbnFactory } from '@zxcvbn-ts/core'
import type { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { weaknessOf } from '../process/config-rules.ts'

interface Estimation {
  readonly ZxcvbnFactory: typeof ZxcvbnFactory
}
interface Known {
  readonly dictionary: typeof dictionary
  readonly adjacencyGraphs: typeof adjacencyGraphs
}

/** Whoever guesses in the best order has it sooner. 16 hexadecimal digits that were drawn take a thousand times as many. */
const GUESSES_MIN_LOG10 = 10
/** What follows makes no secret easier to guess, and costs time. */
const CHARACTERS_MAX = 64

// Only where there is a secret to look at: the list takes a tenth of a second, and memory that most processes need not spend.
const require = createRequire(import.meta.url)

/** A sentence with what to do; null when there is nothing to say. Shows nothing of it. */
export function guessabilityOf(secret: string): string | null {
  const { ZxcvbnFactory }: Estimation = require('@zxcvbn-ts/core')
  const { dictionary, adjacencyGraphs }: Known = require('@zxcvbn-ts/language-common')
  const estimation = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: CHARACTERS_MAX })
  return estimation.check(secret.slice(0, CHARACTERS_MAX)).guessesLog10 < GUESSES_MIN_LOG10
    ? 'is made of what passwords are made of, and can be guessed: set one that was drawn, such as by "openssl rand -hex 16"'
    : null
}

/** Of one that can be tried as often as somebody likes: its length comes first, which costs nothing to see. */
export const faultOf = (secret: string): string | null => weaknessOf(secret) ?? guessabilityOf(secret)
