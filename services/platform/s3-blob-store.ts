/** Bytes that do not travel through Kafka, in an S3-compatible bucket: for instances that share no disk. */
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type BlobStore, blobPathOf } from './blob-store.ts'

export interface S3Options {
  readonly bucket: string
  /** Put before every address, so that a bucket may be shared; may be empty. */
  readonly prefix: string
  readonly region: string
  /** For stores that are not Amazon's; undefined for Amazon's own. */
  readonly endpoint: string | undefined
  /** Undefined: the client's own chain (environment, profile, instance role). */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined
}

export function createS3BlobStore(options: S3Options): BlobStore {
  const { bucket: Bucket, prefix, region, endpoint, credentials } = options
  const client = new S3Client({
    region,
    // Stores that are not Amazon's rarely answer on a host name of the bucket.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    ...(credentials !== undefined && { credentials }),
  })
  const keyOf = (uri: string): string => `${prefix}${blobPathOf(uri)}`

  async function exists(Key: string): Promise<boolean> {
    try {
      await client.send(new HeadObjectCommand({ Bucket, Key }))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  }

  /** S3 deletes up to a thousand at once, which is what it lists at once. */
  async function removeBelow(Prefix: string): Promise<void> {
    for (let token: string | undefined; ; ) {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }))
      const Objects = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
      if (Objects.length > 0)
        await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }))
      token = page.NextContinuationToken
      if (token === undefined) return
    }
  }

  return {
    async put(uri, bytes) {
      const Key = keyOf(uri)
      if (!(await exists(Key))) await client.send(new PutObjectCommand({ Bucket, Key, Body: bytes }))
    },
    async get(uri) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(uri) }))
        return Body === undefined ? null : await Body.transformToByteArray()
      } catch (error) {
        if (isMissing(error)) return null
        throw error
      }
    },
    removePrefix: uri => removeBelow(keyOf(uri.replace(/\/$/, ''))),
  }
}

const isMissing = (error: unknown): boolean =>
  error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)
