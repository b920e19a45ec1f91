/** `ops completion`: lets a shell complete our commands. */
import type { Command } from 'commander'
import type { Host } from '../cli/command-group.ts'
import { completionScript } from './script.ts'

/** As the package's command line is called. */
const NAME = 'atsflow'

export function completion(program: Command, { runAlone }: Host): void {
  program
    .command('completion')
    .description('print what bash or zsh needs to complete the commands of "atsflow"')
    .action(() => runAlone(async ({ out }) => out.bytes(Buffer.from(completionScript(program, NAME)))))
}
