import { type DestinationStream, type Logger, pino } from 'pino'
import { withoutUserInfo } from './masked.ts'

export type { Logger } from 'pino'

/**
 * Paths that must never reach a log line even if someone logs a whole object. The rule is not to log them at all;
 * this is the net below it.
 */
const REDACTED = [
  'email',
  'first_name',
  'last_name',
  'phone',
  'phone_number',
  'message_text',
  'token',
  'secret',
  'password',
  'authorization',
  'invitation_link',
  'body',
  'value',
  'headers',
].flatMap(name => [name, `*.${name}`, `*.*.${name}`])

/** JSON lines on standard output: time, level, service, event, fields, sentence. */
/** @param destination instead of standard output */
export const createLogger = (service: string, level: string, destination?: DestinationStream): Logger =>
  pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      // Whatever a library puts into an error.
      hooks: { streamWrite: withoutUserInfo },
    },
    destination ?? pino.destination(1),
  )
