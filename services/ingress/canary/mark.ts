/**
 * What proves that a delivery is a canary of ours. It comes with the credential of its connection, as a vendor's does, and
 * with a mark beside it that only whoever knows CANARY_SECRET can make: no vendor marks anything by accident, and none can
 * hide behind it. The mark says when it was posted, and with that every byte of the body.
 */
import { createHmac } from 'node:crypto'
import { canaryId, isCanaryId } from '../../core/canary.ts'
import { partsOfKey } from '../../core/identity.ts'
import type { RawRecord } from '../../platform/raw-events/record.ts'
import type { Source, WebhookRequest } from '../../sources/source.ts'
import { isSameSecret } from '../authenticate.ts'

/** Of the webhook, in lower case. */
export const CANARY_HEADER = 'x-atsflow-canary'

/** How long a mark may have been on its way, and how far the clocks of two instances may differ. */
const MARK_HOLDS_MS = 120_000

export interface Posted {
  readonly source: string
  readonly tenant: string
  readonly postedMs: number
}

export type CanaryVerdict =
  /** It does not say that it is one. */
  | { readonly type: 'vendor' }
  | { readonly type: 'canary'; readonly postedMs: number }
  /** It says so, and does not prove it: taken for a vendor's it would become a person. */
  | { readonly type: 'refused' }

export function markOf(secret: string, { source, tenant, postedMs }: Posted): string {
  const text = ['atsflow canary', source, tenant, postedMs].join('\n')
  return `${postedMs}.${createHmac('sha256', secret).update(text).digest('hex')}`
}

/** What is asked of a delivery whose connection has proved itself. */
interface Asked {
  readonly request: WebhookRequest
  readonly source: Pick<Source, 'name' | 'canary'>
  readonly tenant: string
  /** Undefined: there are no canaries here. */
  readonly secret: string | undefined
  readonly nowMs: number
}

export function judgeCanary({ request, source, tenant, secret, nowMs }: Asked): CanaryVerdict {
  const mark = request.headers[CANARY_HEADER]
  if (mark === undefined) return { type: 'vendor' }
  const postedMs = Number(/^(\d{1,15})\./.exec(mark)?.[1] ?? Number.NaN)
  // Written so that what is no number is refused.
  if (secret === undefined || source.canary === undefined || !(Math.abs(nowMs - postedMs) <= MARK_HOLDS_MS))
    return { type: 'refused' }
  const isOurs = isSameSecret(mark, markOf(secret, { source: source.name, tenant, postedMs }))
  const isWhole = Buffer.from(source.canary(canaryId(postedMs))).equals(request.body)
  return isOurs && isWhole ? { type: 'canary', postedMs } : { type: 'refused' }
}

/** Whether something of it has an id that only a canary may have. */
export const speaksOfCanary = (records: readonly RawRecord[]): boolean =>
  records.some(({ record }) => isCanaryId(partsOfKey(record.key).externalId))
