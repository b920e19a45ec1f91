import { isIP } from 'node:net'
import { z } from 'zod'
import { BlobSettings } from '../platform/blobs/settings.ts'
import { KafkaSettings } from '../platform/kafka/settings.ts'
import { StateSettings } from '../platform/partitions/settings.ts'
import { port, secret } from '../platform/process/config.ts'
import { HealthSettings } from '../platform/process/opening.ts'
import { TracingSettings } from '../platform/tracing/settings.ts'

/** `jobylon:files.example.com,idibu:*.example.org` by source. */
const fileHosts = () =>
  z.string().transform((text, context) => {
    const hosts = new Map<string, string[]>()
    for (const entry of text.split(',').map(part => part.trim().toLowerCase())) {
      if (entry === '') continue
      const [, source, host] = /^([a-z0-9-]+):((?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/.exec(entry) ?? []
      if (source === undefined || host === undefined || isIP(host) !== 0)
        context.addIssue({ code: 'custom', message: 'expected <source>:<host name>, comma separated' })
      else hosts.set(source, [...(hosts.get(source) ?? []), host])
    }
    return hosts
  })

export const NormalizerConfig = z
  .object({
    NORMALIZER_PORT: port(8091).describe('health and metrics'),
    ...HealthSettings,
    ...KafkaSettings,
    ...StateSettings,
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
    FETCH_FILES_FROM: fileHosts()
      .prefault('')
      .describe(
        'fetch files that sources send as links, from these hosts alone: <source>:<host>, comma separated; unset: none',
      ),
    FETCH_FILES_CONCURRENCY: z.coerce
      .number()
      .int()
      .min(1)
      .max(20)
      .default(2)
      .describe('files on the wire at once; each takes up to 20 MiB of memory'),
    CONNECTIONS_FILE: z.string().optional().describe('JSON: tenants with their sources and settings'),
    ...TracingSettings,
  })
  .describe('Turns raw events into canonical job and candidate records.')
