import { z } from 'zod'
import { BlobSettings } from '../platform/blob-settings.ts'
import { port, secret } from '../platform/config.ts'
import { KafkaSettings } from '../platform/kafka-config.ts'

export const NormalizerConfig = z
  .object({
    NORMALIZER_PORT: port(8091).describe('health and metrics'),
    HTTP_HOST: z.string().default('0.0.0.0').describe('address that the port listens on'),
    ...KafkaSettings,
    STATE_DIR: z
      .string()
      .default('.local/state')
      .describe('state cache; deleting it costs start-up time only'),
    ...BlobSettings,
    LOCAL_DATA_DIR: z.string().default('.local').describe('where a generated PERSON_KEY_SECRET is kept'),
    PERSON_KEY_SECRET: secret()
      .optional()
      .describe('key of person_key, which joins one person over sources; generated once when unset'),
    DELETE_TOMBSTONE_DAYS: z.coerce
      .number()
      .positive()
      .default(30)
      .describe('how long the marker of a deletion stays; must exceed what a record can come back from'),
    CONNECTIONS_FILE: z.string().optional().describe('JSON: tenants with their sources and settings'),
  })
  .describe('Turns raw events into canonical job and candidate records.')
