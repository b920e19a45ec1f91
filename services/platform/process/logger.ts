import { type Logger, pino } from 'pino'

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
export const createLogger = (service: string, level: string): Logger =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: label => ({ level: label }) },
    redact: { paths: REDACTED, censor: '[redacted]' },
  })
