import { sha256Hex } from './identity.ts'

/**
 * The logical address of bytes kept outside Kafka: `blob:<tenant>/<owner>/<sha256 of the bytes>`. The owner is a hash
 * of the entity's key, so that everything kept for one candidate can be found and erased by prefix, and two
 * candidates who send the same file do not share it.
 */
export const blobUri = (tenant: string, entityKey: string, sha256: string): string =>
  `blob:${tenant}/${sha256Hex(entityKey).slice(0, 32)}/${sha256}`

/** Below which everything that is kept for one entity lies. */
export const blobPrefix = (tenant: string, entityKey: string): string => blobUri(tenant, entityKey, '')

/** Whether it has the form that `blobUri` gives. */
export const isBlobUri = (text: string): boolean => /^blob:[a-z0-9-]+\/[0-9a-f]{32}\/[0-9a-f]{64}$/.test(text)
