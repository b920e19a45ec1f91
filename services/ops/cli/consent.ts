/** What cannot be undone: a person agrees at the terminal, or has said --yes; nothing else does. */
import { type Command, Option } from 'commander'
import { OperatorError, UsageError } from './exit.ts'
import type { Desk } from './session.ts'

export interface Consent {
  readonly yes?: true
  readonly dryRun?: true
}

/** The options of every command that asks. */
export const asking = (command: Command): Command =>
  command
    .option('--yes', 'do it without being asked; needed where there is no terminal')
    .addOption(new Option('--dry-run', 'only say what would be done').conflicts('yes'))

/**
 * Called before anything is recorded or done, after the command has looked at what it is about.
 * @param what begins with a verb, such as `delete this person`
 * @returns false after a dry run: then nothing is to be done
 * @throws OperatorError when the person does not agree, UsageError when there is nobody to ask
 */
export async function agreed(
  { out, ask }: Pick<Desk, 'out' | 'ask'>,
  { yes, dryRun }: Consent,
  what: string,
): Promise<boolean> {
  if (yes) return true
  if (dryRun) {
    out.note(`nothing was done: without --dry-run this would ${what}`)
    return false
  }
  if (ask === null)
    throw new UsageError(
      `nothing was done: add --yes to ${what}, or give the command at a terminal, where it asks`,
    )
  out.clear()
  const answer = await ask(`About to ${what}. Do it? [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim())) throw new OperatorError('nothing was done')
  return true
}

/** Whether the person is about to be asked: then they want to see what about. */
export const isAsked = ({ ask }: Pick<Desk, 'ask'>, { yes, dryRun }: Consent): boolean =>
  !yes && !dryRun && ask !== null
