import { randomUUID } from 'node:crypto'
import {
  CreateBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blobUri } from '../../services/core/blob.ts'
import { sha256Hex } from '../../services/core/identity.ts'
import { openBlobStore } from '../../services/platform/blobs/settings.ts'
import type { BlobStore } from '../../services/platform/blobs/store.ts'
import { blobStoreLaws } from '../support/blob-store-laws.ts'
import { type S3Server, startS3Server } from '../support/s3-server.ts'

const REGION = 'eu-west-3'
/** S3 lists a thousand at once. */
const PAGE_MAX = 1_050
let server: S3Server
let client: S3Client

beforeAll(async () => {
  server = await startS3Server()
  const { endpoint, credentials } = server
  client = new S3Client({ endpoint, credentials, region: REGION, forcePathStyle: true })
})
afterAll(async () => {
  client?.destroy()
  await server?.stop()
})

async function newBucket(): Promise<string> {
  const Bucket = `bucket-${randomUUID()}`
  const CreateBucketConfiguration = { LocationConstraint: REGION } as const
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }))
  return Bucket
}

/** As the variables of a process open it. */
const open = (settings: Partial<Parameters<typeof openBlobStore>[0]>): Promise<BlobStore> =>
  openBlobStore({
    BLOB_DIR: '',
    BLOB_S3_PREFIX: '',
    BLOB_S3_REGION: REGION,
    BLOB_S3_ENDPOINT: server.endpoint,
    BLOB_S3_ACCESS_KEY_ID: server.credentials.accessKeyId,
    BLOB_S3_SECRET_ACCESS_KEY: server.credentials.secretAccessKey,
    ...settings,
  })

describe('the store in a bucket of its own', () => {
  blobStoreLaws(async () => open({ BLOB_S3_BUCKET: await newBucket() }), PAGE_MAX)
})

describe('the store in a shared bucket', () => {
  blobStoreLaws(async () => open({ BLOB_S3_BUCKET: await newBucket(), BLOB_S3_PREFIX: 'atsflow/' }), PAGE_MAX)

  it('does not see what belongs to others', async () => {
    const Bucket = await newBucket()
    for (const Key of ['notes/of/somebody', `other/${'a'.repeat(64)}`, 'readme'])
      await client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    for await (const blob of (await open({ BLOB_S3_BUCKET: Bucket })).list()) expect(blob).toBeUndefined()
  })
})

describe('what a person must mend', () => {
  const uri = blobUri('default', 'a', sha256Hex('x'))
  it.each([
    ['a bucket that is not there', { BLOB_S3_BUCKET: 'not-there' }, /no bucket "not-there".*BLOB_S3_BUCKET/],
    ['a key that nobody knows', { BLOB_S3_ACCESS_KEY_ID: 'AKIAUNKNOWN' }, /BLOB_S3_ACCESS_KEY_ID/],
    ['a wrong secret', { BLOB_S3_SECRET_ACCESS_KEY: 'wrong' }, /BLOB_S3_SECRET_ACCESS_KEY/],
  ])('is told in a sentence: %s', async (_what, settings, sentence) => {
    const store = await open({ BLOB_S3_BUCKET: await newBucket(), ...settings })
    await expect(store.check()).rejects.toThrow(sentence)
    await expect(store.put(uri, Buffer.from('x'))).rejects.toThrow(sentence)
    await expect(store.get(uri)).rejects.toThrow(sentence)
    await expect(store.removePrefix(uri, 0)).rejects.toThrow(sentence)
    await expect(store.remove([uri])).rejects.toThrow(sentence)
  })

  it('is not a store that does not answer: it may come back', async () => {
    const store = await open({ BLOB_S3_BUCKET: 'any', BLOB_S3_ENDPOINT: 'http://127.0.0.1:1' })
    await expect(store.check()).resolves.toBeUndefined()
    await expect(store.put(uri, Buffer.from('x'))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
})

describe('a bucket with versions', () => {
  const versioned = async () => {
    const Bucket = await newBucket()
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
    const left = async () => {
      const { Versions = [], DeleteMarkers = [] } = await client.send(
        new ListObjectVersionsCommand({ Bucket }),
      )
      return [...Versions, ...DeleteMarkers].map(({ Key }) => Key)
    }
    return { store: await open({ BLOB_S3_BUCKET: Bucket }), left }
  }
  const uriOf = (text: string) => blobUri('default', 'jobylon', sha256Hex(text))

  it('keeps no version of what was erased, nor of what was deleted before', async () => {
    const { store, left } = await versioned()
    const [one, two, three] = [uriOf('one'), uriOf('two'), uriOf('three')]
    for (const uri of [one, one, two, three]) await store.put(uri, Buffer.from('x'))
    await store.remove([one])
    expect((await left()).length).toBe(2)
    await store.removePrefix(two.slice(0, two.lastIndexOf('/')), Date.now() + 60_000)
    expect(await left()).toEqual([])
  })

  it('keeps what was stored later', async () => {
    const { store, left } = await versioned()
    const uri = uriOf('one')
    await store.put(uri, Buffer.from('x'))
    await store.removePrefix(uri.slice(0, uri.lastIndexOf('/')), Date.now() - 60_000)
    expect((await left()).length).toBe(1)
  })
})

it('has the store encrypt what it is told to', async () => {
  const Bucket = await newBucket()
  const store = await open({
    BLOB_S3_BUCKET: Bucket,
    BLOB_S3_ENCRYPTION: 'aws:kms',
    BLOB_S3_KMS_KEY_ID: 'a-key',
  })
  await store.put(blobUri('default', 'jobylon', sha256Hex('x')), Buffer.from('x'))
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }))
  const { ServerSideEncryption, SSEKMSKeyId } = await client.send(
    new HeadObjectCommand({ Bucket, Key: Contents[0]?.Key }),
  )
  expect([ServerSideEncryption, SSEKMSKeyId]).toEqual(['aws:kms', expect.stringContaining('a-key')])
})
