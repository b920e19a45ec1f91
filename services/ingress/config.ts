import { z } from 'zod'
import { BlobSettings } from '../platform/blobs/settings.ts'
import { ProxySettings } from '../platform/connections/sender-address.ts'
import { BrokerSettings } from '../platform/kafka/settings.ts'
import { SpoolSettings } from '../platform/partitions/settings.ts'
import { port, secret } from '../platform/process/config.ts'
import { needs, ruled } from '../platform/process/config-rules.ts'
import { HealthSettings } from '../platform/process/opening.ts'
import { CallbackSettings } from '../platform/pulsifi/settings.ts'
import { TracingSettings } from '../platform/tracing/settings.ts'

export const IngressConfig = z
  .object({
    ...BrokerSettings,
    INGRESS_PORT: port(8080).describe('port of the webhooks'),
    INGRESS_HOST: z.string().default('0.0.0.0').describe('address that webhooks come to'),
    HEALTH_PORT: port(8093).describe('port of /livez, /readyz, /metrics, /version'),
    ...HealthSettings,
    ...BlobSettings,
    ...SpoolSettings,
    CONNECTIONS_FILE: z
      .string()
      .optional()
      .describe('JSON with the connections of tenants other than default'),
    PULSIFI_WEBHOOK_SECRET: secret()
      .optional()
      .describe('secret that Pulsifi sends in a header of its callback: once it is set, each must prove it'),
    PULSIFI_WEBHOOK_SECRET_HEADER: z
      .string()
      .toLowerCase()
      .optional()
      .describe('the header that must prove the secret; unset: any header may'),
    ...ProxySettings,
    ...TracingSettings,
    INGRESS_BODY_MIB_MAX: z.coerce
      .number()
      .positive()
      .default(64)
      .describe(
        'bodies of all requests in progress together, MiB, half of it for one source of one tenant; whoever comes then ' +
          'waits, and gets 503 in the end',
      ),
    CANARY_SECONDS: ruled(z.coerce.number().int().min(1).max(120), needs('CANARY_SECRET', 'PUBLIC_URL'))
      .optional()
      .describe('post a made-up delivery to each source of each tenant every so many seconds; unset: none'),
    CANARY_SECRET: secret()
      .optional()
      .describe('what proves that a delivery is one of these, the same at all instances'),
    PUBLIC_URL: CallbackSettings.PUBLIC_URL.describe("ingress's public address: canaries are posted there"),
    INGRESS_REQUESTS_PER_CONNECTION_MAX: z.coerce
      .number()
      .int()
      .positive()
      .default(512)
      .describe('requests in progress of one source of one tenant; above it the answer is 429'),
  })
  .describe(
    'SOURCE_<NAME>_SECRET is the credential of a source for tenant default (two values, comma separated, while\n' +
      "rotating), SOURCE_PULSIFI_SECRET the path token of Pulsifi's callback, <NAME>_<SETTING> a source's setting.",
  )
export type IngressConfig = z.output<typeof IngressConfig>
