/** The command lines of the scripts: `--help` starts nothing, and what is not understood is refused. */
import { Command } from 'commander'

const CONFIGURATION = `
Configured by environment variables, all of them in .env.example.`

/** As for `npm run ops`: what is not understood ends with 2. */
const NOT_UNDERSTOOD = 2

/** @returns the command, to which options may be added before it parses */
export const commandOf = (name: string, about: string): Command =>
  new Command(name)
    .description(about)
    .addHelpText('after', CONFIGURATION)
    .showHelpAfterError('(--help tells more)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : NOT_UNDERSTOOD))

/** Ends the process for `--help`, with exit code 0, and for anything else that stands behind the command. */
export const noArguments = (name: string, about: string): void => void commandOf(name, about).parse()
