/** What turns traces on, by the names that OpenTelemetry gives its variables. */
import { z } from 'zod'
import { flag, secret } from '../process/config.ts'
import { overTls, ruled } from '../process/config-rules.ts'

export const SAMPLERS = [
  ...['always_on', 'always_off', 'traceidratio'],
  ...['parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'],
] as const

export const TracingSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: ruled(z.url(), overTls)
    .optional()
    .describe(
      'collector that traces go to, by OTLP over HTTP: http://127.0.0.1:4318; unset: there are no traces',
    ),
  OTEL_EXPORTER_OTLP_PROTOCOL: z
    .enum(['http/protobuf'])
    .default('http/protobuf')
    .describe('how the collector is spoken to'),
  OTEL_EXPORTER_OTLP_HEADERS: secret()
    .optional()
    .describe('headers that it asks for: name=value, comma separated, percent-encoded'),
  OTEL_TRACES_SAMPLER: z.enum(SAMPLERS).default('parentbased_always_on').describe('which traces are kept'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('part of the traces that is kept, for a sampler by ratio'),
  OTEL_SERVICE_NAME: z.string().optional().describe('service.name of the spans; unset: atsflow-<process>'),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .optional()
    .describe('what all spans say: name=value, comma separated, percent-encoded'),
  OTEL_BSP_SCHEDULE_DELAY: z.coerce
    .number()
    .positive()
    .default(5_000)
    .describe('ms that spans wait to be sent together'),
  OTEL_SDK_DISABLED: flag().default(false).describe('true: there are no traces, whatever else is set'),
}

export type TracingConfig = z.output<z.ZodObject<typeof TracingSettings>>

/** `name=value`, comma separated, each percent-encoded, as W3C Baggage writes it. */
export const pairsIn = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(',').flatMap(pair => {
      const at = pair.indexOf('=')
      return at < 1 ? [] : [[decoded(pair.slice(0, at)), decoded(pair.slice(at + 1))]]
    }),
  )

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return text.trim()
  }
}
