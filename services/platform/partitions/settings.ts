/** Folders of this machine that more than one program must know. */
import { z } from 'zod'
import { secret } from '../process/config.ts'
import { excludes, ruled } from '../process/config-rules.ts'

export const StateSettings = {
  STATE_DIR: z.string().default('.local/state').describe('state cache; deleting it costs start-up time only'),
}

export const SpoolSettings = {
  SPOOL_DIR: z
    .string()
    .default('.local/spool')
    .describe('folder of what is accepted while Kafka is away; the one folder that must survive a restart'),
  SPOOL_KEY: ruled(secret(), excludes('SPOOL_KEY_COMMAND'))
    .optional()
    .describe(
      'encrypts the spool; unset: generated once, in SPOOL_DIR, where it protects nothing from who has both',
    ),
  SPOOL_KEY_COMMAND: secret()
    .optional()
    .describe('instead of SPOOL_KEY: a shell command that prints it, run once at the start'),
  SPOOL_MAX_MIB: z.coerce
    .number()
    .positive()
    .default(1024)
    .describe('size of the spool, MiB; when it is full the answer is 503'),
}
