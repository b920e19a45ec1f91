/**
 * Keys and ids. All of them are pure functions of what the source said: the same event, redelivered or replayed,
 * gets the same keys. An e-mail address, a reference or a name is never an identity.
 */
import { createHash, hash } from 'node:crypto'
import { parse as parseUuid } from 'uuid'
import { isEmail } from './reading/email.ts'
import { remember } from './remember.ts'

/** Namespace of every UUIDv5 this project makes. */
const NAMESPACE = Buffer.from(parseUuid('6f2d4c1e-8a53-5b0e-9d57-2f1c7a94be60'))

/**
 * RFC 9562, version 5. Not the one of `uuid`: with a hash that is made and thrown away around every call, it costs a
 * webhook about as much as reading its JSON.
 */
function namedUuid(name: string): string {
  const digits = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(name)]))
  const variant = (8 + (Number.parseInt(digits.charAt(16), 16) % 4)).toString(16)
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `5${digits.slice(13, 16)}`]
  return `${parts.join('-')}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`
}

/** The tenant of an installation that has one. */
export const DEFAULT_TENANT = 'default'

/** What a tenant may be called. */
export const TENANT_PATTERN = /^[a-z0-9-]{1,24}$/

export type EntityType = 'job' | 'candidate'

/** `<source>:<tenant>:<external id>`: key of canonical records and of raw records about the entity. */
export const entityKey = (source: string, tenant: string, externalId: string): string =>
  `${source}:${tenant}:${externalId}`

/** Key of an application for sources that have no application id of their own: `<candidate key>#<job id>`. */
export const compositeApplicationKey = (candidateKey: string, jobExternalId: string): string =>
  `${candidateKey}#${jobExternalId}`

/**
 * Id of an application for such sources. `a_b` and `c` must not become what `a` and `b_c` are; a hash sign is in no
 * candidate's id.
 */
export const compositeApplicationId = (candidateId: string, jobId: string): string =>
  [candidateId, jobId].join(/_/.test(candidateId + jobId) ? '#' : '_')

/** Joins keys into one: ASCII's unit separator, which no usable key contains. */
export const KEY_SEPARATOR = '\u001f'

/** Two keys, joined, must fit into a key of the store (1,978 bytes). */
const KEY_BYTES_MAX = 600

/** Whether a key made of a source's ids can be kept: bounded, and without control characters, which are separators. */
export const isUsableKey = (key: string): boolean =>
  Buffer.byteLength(key) <= KEY_BYTES_MAX && !/\p{Cc}/u.test(key)

/** The parts of an `entityKey`. The external id may itself contain colons. */
export function partsOfKey(key: string): { source: string; tenant: string; externalId: string } {
  const [source = '', tenant = '', ...rest] = key.split(':')
  return { source, tenant, externalId: rest.join(':') }
}

export interface EventIdentity {
  readonly source: string
  readonly tenant: string
  /** Hex SHA-256 of the whole body as received. */
  readonly bodySha256: string
  /** Position of the event in its delivery. */
  readonly index: number
  /** The vendor's own delivery id, where there is one. */
  readonly deliveryId: string | null
}

/** `ce_id`: the same for a redelivery of the same bytes, different for any two events of one delivery. */
export const eventId = (event: EventIdentity): string =>
  namedUuid([event.source, event.tenant, event.bodySha256, event.index, event.deliveryId ?? ''].join('|'))

/** A deterministic id from its parts, for events that we publish ourselves. */
export const derivedId = (...parts: readonly (string | number)[]): string => namedUuid(parts.join('|'))

export const sha256Hex = (data: string | Uint8Array): string => hash('sha256', data)

/** Joins one person over sources without exposing the address; null when the address is not one. */
export function personKey(secret: string, tenant: string, email: string | null): string | null {
  const address = email?.trim().toLowerCase() ?? ''
  if (!isEmail(address)) return null
  return keyedBy(secret)(`${tenant}|${address}`)
}

const BLOCK_BYTES = 64
const TEXT_BYTES_USUAL = 512

/**
 * RFC 2104 by SHA-256, hex: two plain hashes, each over a block that holds the key. Not `createHmac`: the object that it
 * sets up for each text costs more than both.
 */
function keyedHash(secret: string): (text: string) => string {
  const bytes = Buffer.from(secret)
  const key = Buffer.alloc(BLOCK_BYTES)
  key.set(bytes.length > BLOCK_BYTES ? hash('sha256', bytes, 'buffer') : bytes)
  const usual = Buffer.concat([key.map(byte => byte ^ 0x36), Buffer.alloc(TEXT_BYTES_USUAL)])
  const outer = Buffer.concat([key.map(byte => byte ^ 0x5c), Buffer.alloc(32)])
  return function hmac(text) {
    const bytesMax = UTF8_BYTES_MAX * text.length
    const inner = bytesMax <= TEXT_BYTES_USUAL ? usual : Buffer.concat([usual, Buffer.alloc(bytesMax)])
    const end = BLOCK_BYTES + inner.write(text, BLOCK_BYTES)
    outer.write(hash('sha256', inner.subarray(0, end)), BLOCK_BYTES, 'hex')
    return hash('sha256', outer)
  }
}
/** Of one UTF-16 unit. */
const UTF8_BYTES_MAX = 3

const keyedBy = remember(keyedHash, 10)

/** Guideline v4.1.0, "Create Job": `external_id`, max length 45. */
export const PULSIFI_JOB_EXTERNAL_ID_LENGTH_MAX = 45
/** Guideline v4.1.0, "Create Candidate Invitation": `ext_reference_id`, max length 50. */
export const PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX = 50

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 base32 in lower case, without padding. */
function base32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xffff
    bits += 8
    while (bits >= 5) {
      text += BASE32[(value >>> (bits - 5)) & 31]
      bits -= 5
    }
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text
}

/**
 * The identifier under which Pulsifi knows one of our jobs or applications: `<source>_<external id>` for tenant
 * `default`, `<source>_<tenant>_<external id>` for the others, when it fits and can be no other one's; a hash otherwise.
 * An identifier is never cut: two jobs could share a prefix, and one would become the other.
 */
export function pulsifiId(source: string, tenant: string, externalId: string, lengthMax: number): string {
  if (hasDouble(tenant, externalId)) return hashed(source, [source, tenant, externalId].join(KEY_SEPARATOR))
  const raw = tenant === 'default' ? `${source}_${externalId}` : `${source}_${tenant}_${externalId}`
  return raw.length <= lengthMax && /^[A-Za-z0-9_.:-]+$/.test(raw) ? raw : hashed(source, raw)
}

/** 130 bits. */
const HASH_LENGTH = 26
const hashed = (source: string, text: string): string =>
  `${source}_h_${base32(createHash('sha256').update(text).digest()).slice(0, HASH_LENGTH)}`

/** Numbers, alone or as candidate and job, and UUIDs: the ids of every vendor. */
const VENDOR_ID = '[0-9]+(?:_[0-9]+)?|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
/** A tenant's name that no vendor's id begins with. `h` is how hashes begin. */
const WORD = '(?!h_)(?=[0-9-]*[a-z])[a-z0-9-]+'
const OF_A_TENANT = new RegExp(`^${WORD}_(?:${VENDOR_ID})$`)
const HASH_LIKE = new RegExp(`^h_[a-z2-7]{${HASH_LENGTH}}$`)

/**
 * Whether the same text could stand for something of another tenant. Of such a pair one is plain: the tenant's, when its
 * name is a word and the id a vendor's; else that of tenant `default`.
 */
function hasDouble(tenant: string, externalId: string): boolean {
  if (tenant === 'default') return OF_A_TENANT.test(externalId) || HASH_LIKE.test(externalId)
  return !OF_A_TENANT.test(`${tenant}_${externalId}`)
}
