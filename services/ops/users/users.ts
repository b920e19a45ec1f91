/** `ops users`: people who may look at the console. */
import { randomBytes } from 'node:crypto'
import { type Command, Option } from 'commander'
import { hashSecret } from '../../platform/process/secret-hash.ts'
import type { Host } from '../cli/command-group.ts'
import { several } from '../cli/moment.ts'

interface NewUser {
  readonly role: string
  readonly tenant?: readonly string[]
}

/** Drawn, not chosen: nobody guesses it. */
const SECRET_BYTES = 24

export function users(program: Command, { runAlone }: Host): void {
  program
    .command('users')
    .description('people who may look at the console, for CONSOLE_USERS_FILE')
    .command('new')
    .description('draws a secret for somebody, and prints it with the entry that knows its hash alone')
    .argument('<name>')
    .addOption(
      new Option('--role <role>', 'what they may do').choices(['viewer', 'operator']).default('viewer'),
    )
    .option('--tenant <tenant>', 'only this tenant; may be given several times', several)
    .action((name: string, { role, tenant }: NewUser) =>
      runAlone(async ({ out }) => {
        const secret = randomBytes(SECRET_BYTES).toString('base64url')
        const entry = { name, hash: await hashSecret(secret), role, ...(tenant && { tenants: tenant }) }
        out.note(
          'Give the secret to its owner; it is kept nowhere. The entry goes into CONSOLE_USERS_FILE, {"users": [...]}.',
        )
        out.facts(out.isJson ? { secret, entry } : { secret, entry: JSON.stringify(entry) })
      }),
    )
}
