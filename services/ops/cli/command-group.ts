import type { Command } from 'commander'
import type { Desk, Operator, Session } from './session.ts'

/** What the commands of a group are given. */
export interface Host {
  /** Opens what is needed and runs the command. */
  readonly run: (command: (session: Session) => Promise<void>) => Promise<void>
  /** The same for a command that needs no broker. */
  readonly runAlone: (command: (desk: Desk) => Promise<void>) => Promise<void>
  readonly nowMs: () => number
  /** Who gives the command, for what is recorded of it. */
  readonly operator: Operator
}

/** Adds the commands of one group, such as `topics`, to the program. */
export type CommandGroup = (program: Command, host: Host) => void
