/** The options by which a registration is described; a secret never stands on a command line. */
import { readFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  WEBHOOK_NAME_LENGTH_MAX,
  WEBHOOK_SECRET_LENGTH_MAX,
  WEBHOOK_URL_LENGTH_MAX,
} from '../../platform/pulsifi/limits.ts'
import type { WebhookRequest } from '../../platform/pulsifi/pulsifi-api.ts'
import { WEBHOOK_EVENTS } from '../../platform/pulsifi/webhook-registration.ts'
import { UsageError } from '../cli/exit.ts'

export interface WebhookChange {
  readonly name?: string
  readonly url?: string
  readonly event?: readonly string[]
  /** The secret itself, read from the file that the option names. */
  readonly secretFile?: string
}

export const addWebhookChange = (command: Command): Command =>
  command
    .option('--url <url>', 'where to call', urlArgument)
    .option('--name <name>', 'what it is called at Pulsifi', nameArgument)
    .addOption(new Option('--event <event...>', 'of what to tell').choices(WEBHOOK_EVENTS))
    .option('--secret-file <path>', 'a file with the secret to send along', secretArgument)

function urlArgument(text: string): string {
  const url = URL.parse(text)
  if ((url?.protocol === 'https:' || url?.protocol === 'http:') && text.length <= WEBHOOK_URL_LENGTH_MAX)
    return text
  throw new InvalidArgumentError(
    `Write an http or https address of at most ${WEBHOOK_URL_LENGTH_MAX} characters.`,
  )
}

function nameArgument(text: string): string {
  if (text.trim() !== '' && text.length <= WEBHOOK_NAME_LENGTH_MAX) return text
  throw new InvalidArgumentError(`Write 1 to ${WEBHOOK_NAME_LENGTH_MAX} characters.`)
}

function secretArgument(path: string): string {
  let text: string
  try {
    text = readFileSync(path, 'utf8').trim()
  } catch {
    throw new InvalidArgumentError('The file cannot be read.')
  }
  if (text !== '' && text.length <= WEBHOOK_SECRET_LENGTH_MAX) return text
  throw new InvalidArgumentError(`The file must hold 1 to ${WEBHOOK_SECRET_LENGTH_MAX} characters.`)
}

type Known = Pick<WebhookRequest, 'name' | 'url' | 'events'>

/**
 * What is known of a registration, with what the options say instead. Our secret goes to our own address only.
 * @param known null when there is nothing to start from
 * @param configured null when the configuration names no callback
 * @throws UsageError when address or name is missing. Pure.
 */
export function changedWebhook(
  known: Known | null,
  options: WebhookChange,
  configured: WebhookRequest | null,
): WebhookRequest {
  const name = options.name ?? known?.name ?? ''
  const url = options.url ?? known?.url ?? ''
  if (name === '' || url === '')
    throw new UsageError('nothing is configured to start from: give --url and --name, or set PUBLIC_URL')
  const secret = options.secretFile ?? (url === configured?.url ? configured.secret : undefined)
  const events = options.event ?? known?.events ?? WEBHOOK_EVENTS
  return { name, url, events, ...(secret !== undefined && { secret }) }
}
