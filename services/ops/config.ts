import { z } from 'zod'
import { secret } from '../platform/process/config.ts'

export const OpsConfig = z.object({
  OPS_USER: z
    .string()
    .optional()
    .describe('who gives commands, for what is recorded of them; unset: the user of the operating system'),
  ERASURE_SIGNING_KEY: secret()
    .optional()
    .describe(
      'Ed25519 private key in PEM that "ops -- erasure" signs with; unset: certificates are unsigned',
    ),
})
