import { z } from 'zod'
import { secret } from '../platform/process/config.ts'

export const OpsConfig = z.object({
  ERASURE_SIGNING_KEY: secret()
    .optional()
    .describe(
      'Ed25519 private key in PEM that "ops -- erasure" signs with; unset: certificates are unsigned',
    ),
})
