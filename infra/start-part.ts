/**
 * `npm run start:<part>`: one process alone, in the place of this one. Without KAFKA_BROKERS it uses what answers on
 * the local ports.
 */
import { fileURLToPath } from 'node:url'
import { findLocalAddresses } from '../services/platform/kafka/local-addresses.ts'
import { ConfigError } from '../services/platform/process/config.ts'
import { runCommand } from './local/command.ts'
import { become } from './node-flags.ts'
import { environmentOf } from './process-secrets.ts'
import { SANDBOX, stackProcess } from './stack-processes.ts'

const name = process.argv[2] ?? ''
const part = stackProcess(name)
// Its own: `--help`, or what it refuses.
const args = process.argv.slice(3)
if (part === undefined) await runCommand(() => Promise.reject(new ConfigError(`there is no part "${name}"`)))
else {
  if (part !== SANDBOX && args.length === 0) {
    const addresses = await findLocalAddresses(process.env).catch((error: unknown) =>
      runCommand(() => Promise.reject(error)),
    )
    Object.assign(process.env, addresses)
  }
  become(fileURLToPath(part.main), args, await environmentOf(part, process.env))
}
