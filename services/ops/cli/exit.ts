/** How a command ends. Anything that an operator can do something about ends with a sentence, never with a stack. */

export const EXIT = {
  done: 0,
  /** It ran, and the answer is no: nothing found, differences found, no reply in time. */
  failed: 1,
  /** The command line cannot be understood. */
  usage: 2,
  /** Something that is needed does not answer: trying again may help (sysexits.h). */
  unreachable: 69,
  /** Configuration must change first (sysexits.h). */
  config: 78,
} as const

/** What was asked cannot be done. `message` says why and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}

/** What the command line said cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
