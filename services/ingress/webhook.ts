/** One webhook, from its headers to its answer. Each step is decided elsewhere; here is their order. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { inUtf8 } from '../core/reading/charset.ts'
import { HEADER } from '../core/topics.ts'
import { type Connection, type Connections, PULSIFI } from '../platform/connections/connections.ts'
import type { Sources } from '../platform/connections/discover-sources.ts'
import type { IpRanges } from '../platform/connections/ip-ranges.ts'
import { senderAddress } from '../platform/connections/sender-address.ts'
import { createSample } from '../platform/process/at-most-per-second.ts'
import type { LogEvents } from '../platform/process/log-events.ts'
import type { Metrics } from '../platform/process/metrics.ts'
import { type Arrival, type Receipt, receive } from '../platform/raw-events/receive.ts'
import type { RawRecord } from '../platform/raw-events/record.ts'
import type { Source, WebhookRequest } from '../sources/source.ts'
import type { Admission, Place } from './admission.ts'
import * as answer from './answer.ts'
import { type AuthMethod, authenticate } from './authenticate.ts'
import type { SecretProof } from './callback-secret.ts'
import { judgeCanary, speaksOfCanary } from './canary/mark.ts'
import { type Body, readBody } from './read-body.ts'
import { type CallbackPolicy, receiveCallback } from './receive-callback.ts'
import { checkSignature, isAllowedFrom } from './signature.ts'
import type { EventStore } from './store.ts'
import { traceParentOf } from './trace-parent.ts'

export interface WebhookPorts {
  readonly sources: Sources
  readonly connections: Connections
  readonly callbackPolicy: (tenant: string) => CallbackPolicy
  /** Told of every callback that proves Pulsifi's secret. */
  readonly announceProof: (tenant: string, proof: SecretProof) => void
  /** Told of every webhook whose signature proves itself. */
  readonly announceSignature: (connection: Connection, proof: SecretProof) => void
  /** Told of every webhook that proves nothing, with the address that it came from. */
  readonly announceRefusal: (source: string, sender: string) => void
  /** Whose word on `X-Forwarded-For` counts. */
  readonly trustedProxies: IpRanges
  readonly store: EventStore
  readonly admission: Admission
  readonly metrics: Pick<Metrics, 'events'>
  readonly log: LogEvents
  /** What proves a canary of ours, as it is by now; undefined where there are none. */
  readonly canarySecret?: () => string | undefined
  readonly nowMs: () => number
}

/** The parts of `/hooks/<source>/<tenant>[/<token>]`. */
export interface WebhookPath {
  readonly source: string
  readonly tenant: string
  readonly token: string | undefined
}

/** Guideline v4.1.0 gives no size of a callback; it can name links and scores, not files. */
const CALLBACK_BYTES_MAX = 1024 * 1024

/** Proves, reads, decides, stores, answers: in this order, so that nothing unproven is read. */
export async function answerWebhook(
  request: IncomingMessage,
  path: WebhookPath,
  ports: WebhookPorts,
): Promise<answer.Answer> {
  const { connections, sources } = ports
  if (!sources.has(path.source) && path.source !== PULSIFI) return answer.NOT_FOUND
  const connection = connections.find(path.source, path.tenant)
  const sender = () => senderOf(request, ports.trustedProxies)
  const auth = authenticate(presentedBy(request.headers, path), connection?.secrets ?? NO_SECRETS)
  // The same for a tenant that does not exist: who is there is nobody's business without a credential.
  if (connection === undefined || auth === null || !isAllowedFrom(connection, sender))
    return answer.UNAUTHORIZED
  const place = ports.admission.enter(connection, sender)
  if (place === null) return answer.TOO_MANY
  try {
    return await answerAdmitted(request, { connection, auth, place }, ports)
  } finally {
    place.leave()
  }
}

/** Compared with, so that the time taken tells nothing of a tenant either. */
const NO_SECRETS: readonly string[] = [randomUUID()]

export const senderOf = ({ headers, socket }: IncomingMessage, proxies: IpRanges): string =>
  senderAddress(socket.remoteAddress ?? '', single(headers['x-forwarded-for']) ?? '', proxies)

/** What is stored and acknowledged. */
type Kept = Extract<Receipt, { type: 'routed' | 'unroutable' }>

/** It does not prove what it must prove. */
interface Refused {
  readonly type: 'refused'
}

interface Admitted {
  readonly connection: Connection
  readonly auth: AuthMethod
  readonly place: Place
}

async function answerAdmitted(
  request: IncomingMessage,
  admitted: Admitted,
  ports: WebhookPorts,
): Promise<answer.Answer> {
  // The body lives no longer than this call: what is written from it is enough to hold.
  const receipt = await readReceipt(request, admitted, ports)
  if ('status' in receipt) return receipt
  if (receipt.type === 'refused') return answer.UNAUTHORIZED
  if (receipt.type === 'too-many-events') return answer.TOO_MANY_EVENTS
  admitted.place.keep(bytesOf(receipt))
  return await keep(receipt, admitted.connection, ports)
}

async function readReceipt(
  request: IncomingMessage,
  admitted: Admitted,
  ports: WebhookPorts,
): Promise<Receipt | Refused | answer.Answer> {
  const bytesMax = ports.sources.get(admitted.connection.source)?.bodyBytesMax ?? CALLBACK_BYTES_MAX
  const { reserve, keep: keepBytes } = admitted.place
  const body = await readBody(request, { bytesMax, reserve, keep: keepBytes })
  switch (body.type) {
    case 'aborted':
      return answer.ABORTED
    case 'too-large':
      return answer.TOO_LARGE
    case 'no-room':
      return answer.OVERLOADED
    case 'too-slow':
      return answer.TOO_SLOW
    case 'read':
    case 'undecodable':
      return receiptOf(request.headers, body, admitted, ports)
  }
}

const recordsOf = (receipt: Kept): readonly RawRecord[] =>
  receipt.type === 'routed' ? receipt.records : [receipt.record]

const bytesOf = (receipt: Kept): number =>
  recordsOf(receipt).reduce(
    (sum, { record, blobs }) =>
      blobs.reduce((bytes, blob) => bytes + blob.bytes.length, sum + (record.value?.length ?? 0)),
    0,
  )

function receiptOf(
  headers: IncomingHttpHeaders,
  body: Body & { readonly bytes: Buffer },
  { connection, auth }: Admitted,
  ports: WebhookPorts,
): Receipt | Refused | answer.Answer {
  const { source: name, tenant } = connection
  const arrival = {
    source: name,
    tenant,
    auth,
    receivedAtMs: ports.nowMs(),
    traceParent: traceParentOf(single(headers.traceparent)),
    contentType: headers['content-type']?.slice(0, 128) ?? 'application/octet-stream',
    contentEncoding: body.type === 'undecodable' ? body.encoding : null,
  }
  const source = ports.sources.get(name)
  const request = { headers: singles(headers), body: body.bytes }
  if (source !== undefined) return deliveryOf(source, request, { connection, auth, arrival }, ports)
  const receipt = receiveCallback(request, arrival, ports.callbackPolicy(tenant))
  if (receipt.type === 'routed' && receipt.proof) ports.announceProof(tenant, receipt.proof)
  return receipt
}

interface ProvenDelivery {
  readonly connection: Connection
  readonly auth: AuthMethod
  readonly arrival: Omit<Arrival, 'settings'>
}

function deliveryOf(
  source: Source,
  request: WebhookRequest,
  { connection, auth, arrival }: ProvenDelivery,
  { announceSignature, canarySecret }: WebhookPorts,
): Receipt | Refused | answer.Answer {
  const { tenant, settings } = connection
  const signature = checkSignature(request, connection, auth)
  const canary = judgeCanary({
    ...{ request, source, tenant, secret: canarySecret?.(), nowMs: arrival.receivedAtMs },
  })
  if (signature.type === 'refused' || canary.type === 'refused') return { type: 'refused' }
  const isProven = signature.type === 'proven'
  if (isProven) announceSignature(connection, signature.proof)
  const proof = isProven
    ? `${auth}; signature=${signature.proof.form}; header=${signature.proof.header}`
    : auth
  const mark = canary.type === 'canary' ? { canaryPostedMs: canary.postedMs } : {}
  const receipt = receive(source, request, { ...arrival, ...mark, auth: proof, settings })
  // Its mark was lost on the way, or somebody plays it.
  if (canary.type === 'vendor' && receipt.type === 'routed' && speaksOfCanary(receipt.records))
    return { type: 'refused' }
  const faults = faultsIn(receipt, source, { ...request, contentType: arrival.contentType })
  return faults.length > 0 ? answer.faulty(faults) : receipt
}

/** Of a delivery in our own format, as the sender may read them; no other has any. */
function faultsIn(
  receipt: Receipt,
  { faultsOf }: Source,
  { headers, body, contentType }: WebhookRequest & { readonly contentType: string },
): readonly string[] {
  if (faultsOf === undefined || receipt.type === 'too-many-events') return []
  if (receipt.type === 'unroutable') return [receipt.detail]
  return faultsOf({ headers, body: inUtf8(body, contentType) ?? body })
}

/** Acknowledges only what is durable; counts only what is acknowledged. */
async function keep(
  receipt: Kept,
  { source, tenant }: Connection,
  { store, metrics, log }: WebhookPorts,
): Promise<answer.Answer> {
  const records = recordsOf(receipt)
  const result = await store(records)
  if (result.type === 'overloaded') return answer.OVERLOADED
  if (result.type === 'full') return answer.SPOOL_FULL
  if (result.type === 'unavailable') {
    log.storeUnavailable({ source, tenant, reason: result.reason })
    return answer.UNAVAILABLE
  }
  const eventIds = records.map(record => record.eventId)
  if (records.some(({ record }) => record.headers?.[HEADER.canary] !== undefined))
    return answer.canaryAccepted(eventIds)
  // A company's event is its own tenant's, which is told by the record.
  for (const { record } of records)
    metrics.events.inc({ source, tenant: record.headers?.[HEADER.tenant] ?? tenant, outcome: 'received' })
  if (receipt.type === 'unroutable') {
    metrics.events.inc({ source, tenant, outcome: 'dead_lettered', reason: receipt.code })
    log.webhookDeadLettered({ source, tenant, eventId: receipt.record.eventId, code: receipt.code })
  } else {
    log.webhookAccepted({ source, tenant, eventIds })
  }
  return answer.accepted(eventIds)
}

/** Pulsifi's callback is proven by its path alone: its headers carry another secret. */
const presentedBy = (headers: IncomingHttpHeaders, path: WebhookPath) => ({
  authorization: path.source === PULSIFI ? undefined : headers.authorization,
  hookToken: path.source === PULSIFI ? undefined : single(headers['x-hook-token']),
  pathToken: path.token,
})

/** Node gives one header as a list: `set-cookie`, which no request has. */
function singles(headers: IncomingHttpHeaders): WebhookRequest['headers'] {
  const kept: Record<string, string | undefined> = {}
  for (const name in headers) kept[name] = single(headers[name])
  return kept
}

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

/** Names each header that proved Pulsifi's secret, once, for the operator who will pin it. */
export function proofAnnouncer(
  log: Pick<LogEvents, 'callbackSecretSeen'>,
): (tenant: string, proof: SecretProof) => void {
  return once((tenant, proof) => log.callbackSecretSeen({ tenant, ...proof }))
}

const SAY_REFUSED_EVERY_MS = 10_000

/** Whoever guesses cannot fill the log, and cannot be overlooked. */
export function refusalAnnouncer(
  log: Pick<LogEvents, 'webhookUnauthorized'>,
): (source: string, address: string) => void {
  const sample = createSample(SAY_REFUSED_EVERY_MS)
  return (source, address) => sample(count => log.webhookUnauthorized({ source, address, count }))
}

/** Names each header that held a source's signature, once. */
export function signatureAnnouncer(
  log: Pick<LogEvents, 'signatureSeen'>,
): (connection: Pick<Connection, 'source' | 'tenant'>, proof: SecretProof) => void {
  const announce = once((address, { header, form }) => {
    const [source = '', tenant = ''] = address.split('/')
    log.signatureSeen({ source, tenant, header, form })
  })
  return ({ source, tenant }, proof) => announce(`${source}/${tenant}`, proof)
}

function once(announce: (whose: string, proof: SecretProof) => void): typeof announce {
  const announced = new Set<string>()
  return (whose, proof) => {
    const seen = `${whose} ${proof.header} ${proof.form}`
    if (announced.has(seen)) return
    announced.add(seen)
    announce(whose, proof)
  }
}
