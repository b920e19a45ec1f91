/** Bytes that do not travel through Kafka, in an S3-compatible bucket: for instances that share no disk. */

import {
  type _Object,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ObjectIdentifier,
  type ObjectVersion,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3'
import { isBlobUri } from '../../core/blob.ts'
import { ConfigError } from '../process/config.ts'
import { type BlobStore, blobPathOf, blobUriAt, type StoredBlob } from './store.ts'

export interface S3Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface S3Options {
  readonly bucket: string
  /** Put before every address, so that a bucket may be shared; may be empty. */
  readonly prefix: string
  readonly region: string
  /** For stores that are not Amazon's; undefined for Amazon's own. */
  readonly endpoint: string | undefined
  /** What the store is told to encrypt with; empty: what the bucket says. */
  readonly encryption: Pick<PutObjectCommandInput, 'ServerSideEncryption' | 'SSEKMSKeyId'>
  /** Undefined: the client's own chain (environment, profile, instance role). */
  readonly credentials: (() => S3Credentials) | undefined
}

/** S3 deletes up to a thousand at once, which is what it lists at once. */
const PAGE_MAX = 1_000
const CHECK_WITHIN_MS = 5_000
/** The client asks for new ones five minutes before their end, and whenever they have ended. */
const CREDENTIALS_MS = 360_000

export function createS3BlobStore(options: S3Options): BlobStore {
  const { bucket: Bucket, prefix, encryption } = options
  const client = clientOf(options)
  const keyOf = (uri: string): string => `${prefix}${blobPathOf(uri)}`
  const listing = listingOf(client, Bucket)
  const { said, pagesOf } = listing
  const { removeObjects, removeVersions } = removalOf(client, Bucket, listing)
  return {
    async check() {
      const probe = new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: 1 })
      try {
        await said(client.send(probe, { abortSignal: AbortSignal.timeout(CHECK_WITHIN_MS) }))
      } catch (error) {
        if (error instanceof ConfigError) throw error
      }
    },
    async put(uri, bytes) {
      await said(client.send(new PutObjectCommand({ Bucket, Key: keyOf(uri), Body: bytes, ...encryption })))
    },
    async get(uri) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(uri) }))
        return Body === undefined ? null : await Body.transformToByteArray()
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return null
        throw s3Fault(error, Bucket)
      }
    },
    removePrefix: (uri, storedBeforeMs) =>
      removeVersions(`${keyOf(uri.replace(/\/$/, ''))}/`, storedBeforeMs, key =>
        isBlobUri(blobUriAt(key.slice(prefix.length))),
      ),
    async *list() {
      for await (const page of pagesOf(prefix)) yield* page.flatMap(object => stored(object, prefix))
    },
    async remove(uris) {
      const kept = await removeObjects(uris.map(uri => ({ Key: keyOf(uri) })))
      for (const key of kept) await removeVersions(key, Number.POSITIVE_INFINITY, found => found === key)
    },
  }
}

/** What is there, and what asking for it may be answered. */
function listingOf(client: S3Client, Bucket: string) {
  const said = async <T>(request: Promise<T>): Promise<T> => {
    try {
      return await request
    } catch (error) {
      throw s3Fault(error, Bucket)
    }
  }

  async function* pagesOf(Prefix: string): AsyncGenerator<readonly _Object[]> {
    for (let token: string | undefined; ; ) {
      const page = await said(
        client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token })),
      )
      yield page.Contents ?? []
      token = page.NextContinuationToken
      if (token === undefined) return
    }
  }

  /** Everything that the bucket keeps under the prefix, what was replaced or deleted before included. */
  async function* versionPagesOf(Prefix: string): AsyncGenerator<readonly ObjectVersion[]> {
    for (let at: Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'> = {}; ; ) {
      const page = await said(client.send(new ListObjectVersionsCommand({ Bucket, Prefix, ...at })))
      yield [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]
      if (page.IsTruncated !== true) return
      at = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
    }
  }
  return { said, pagesOf, versionPagesOf }
}

function removalOf(
  client: S3Client,
  Bucket: string,
  { said, versionPagesOf }: Pick<ReturnType<typeof listingOf>, 'said' | 'versionPagesOf'>,
) {
  /**
   * Answers with the keys of which a bucket with versions has kept everything behind a marker.
   * @throws Error when the store kept one of them: it answers 200 all the same.
   */
  async function removeObjects(objects: readonly ObjectIdentifier[]): Promise<readonly string[]> {
    const kept: string[] = []
    for (let at = 0; at < objects.length; at += PAGE_MAX) {
      const Delete = { Objects: objects.slice(at, at + PAGE_MAX) }
      const { Deleted = [], Errors = [] } = await said(
        client.send(new DeleteObjectsCommand({ Bucket, Delete })),
      )
      const [first] = Errors
      if (first !== undefined) throw s3Fault(Object.assign(new Error(), { name: first.Code ?? '' }), Bucket)
      for (const { Key, DeleteMarker, VersionId } of Deleted)
        if (Key !== undefined && DeleteMarker === true && VersionId === undefined) kept.push(Key)
    }
    return kept
  }

  /** All versions of what was stored before then; what came later stays. */
  async function removeVersions(Prefix: string, storedBeforeMs: number, wanted: (key: string) => boolean) {
    for await (const page of versionPagesOf(Prefix)) {
      const old = page.flatMap(({ Key, VersionId, LastModified }) =>
        Key !== undefined &&
        VersionId !== undefined &&
        wanted(Key) &&
        (LastModified?.getTime() ?? 0) < storedBeforeMs
          ? [{ Key, VersionId }]
          : [],
      )
      if (old.length > 0) await removeObjects(old)
    }
  }
  return { removeObjects, removeVersions }
}

const clientOf = ({ region, endpoint, credentials }: S3Options): S3Client =>
  new S3Client({
    region,
    // Stores that are not Amazon's rarely answer on a host name of the bucket, nor know Amazon's newer checksums.
    ...(endpoint !== undefined && {
      endpoint,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    }),
    ...(credentials !== undefined && {
      // With an end, so that the client asks again: a file may hold another secret by then.
      credentials: async () => ({ ...credentials(), expiration: new Date(Date.now() + CREDENTIALS_MS) }),
    }),
  })

/** A bucket may be shared: what does not look like ours is left alone. */
function stored({ Key, Size, LastModified }: _Object, prefix: string): StoredBlob[] {
  if (Key === undefined || LastModified === undefined) return []
  const uri = blobUriAt(Key.slice(prefix.length))
  return isBlobUri(uri) ? [{ uri, sizeBytes: Size ?? 0, storedAtMs: LastModified.getTime() }] : []
}

/** Codes of S3's table of errors that a person must mend, and how. */
const SENTENCES = new Map<string, (bucket: string) => string>([
  [
    'NoSuchBucket',
    bucket => `there is no bucket "${bucket}": create it, or correct BLOB_S3_BUCKET and BLOB_S3_REGION`,
  ],
  ['InvalidAccessKeyId', () => 'the store does not know the key: correct BLOB_S3_ACCESS_KEY_ID'],
  ['SignatureDoesNotMatch', () => 'the store refuses the secret: correct BLOB_S3_SECRET_ACCESS_KEY'],
  ['ExpiredToken', () => 'the credentials have expired: renew them'],
  [
    'AccessDenied',
    bucket =>
      `the credentials may not use the bucket "${bucket}": allow ListBucket, ListBucketVersions, GetObject, PutObject, DeleteObject and DeleteObjectVersion, or correct BLOB_S3_ACCESS_KEY_ID`,
  ],
  [
    'CredentialsProviderError',
    () => 'there are no credentials: set BLOB_S3_ACCESS_KEY_ID and BLOB_S3_SECRET_ACCESS_KEY',
  ],
  [
    'PermanentRedirect',
    bucket => `the bucket "${bucket}" is in another region: correct BLOB_S3_REGION or BLOB_S3_ENDPOINT`,
  ],
])

/** A ConfigError for what only a person can mend; anything else is passed on as it is. */
export function s3Fault(error: unknown, bucket: string): unknown {
  if (!(error instanceof Error)) return error
  const sentence = SENTENCES.get(error.name)
  return sentence === undefined ? error : new BlobStoreError(error.name, sentence(bucket))
}

/** `code` is the store's own word for it. */
export class BlobStoreError extends ConfigError {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
