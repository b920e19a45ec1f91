/** Where blobs are kept: the variables that every process with a blob store shares, and the store they mean. */
import { z } from 'zod'
import { secret } from '../process/config.ts'
import { needs, needsValue, overTls, ruled } from '../process/config-rules.ts'
import { type BlobStore, createLocalBlobStore } from './store.ts'

const ofBucket = needs('BLOB_S3_BUCKET')

export const BlobSettings = {
  BLOB_DIR: z.string().default('.local/blobs').describe('bytes that do not travel through Kafka'),
  BLOB_S3_BUCKET: z
    .string()
    .optional()
    .describe('keep them in this bucket instead: for instances that share no disk'),
  BLOB_S3_PREFIX: ruled(z.string(), ofBucket).default('').describe('put before every object name'),
  BLOB_S3_REGION: ruled(z.string(), ofBucket).default('us-east-1'),
  BLOB_S3_ENCRYPTION: ruled(z.enum(['AES256', 'aws:kms']), ofBucket)
    .optional()
    .describe('what the store is told to encrypt with; unset: what the bucket says'),
  BLOB_S3_KMS_KEY_ID: ruled(z.string(), needsValue('BLOB_S3_ENCRYPTION', 'aws:kms'))
    .optional()
    .describe("unset: the account's own key"),
  BLOB_S3_ENDPOINT: ruled(z.url(), ofBucket, overTls).optional().describe("of a store that is not Amazon's"),
  BLOB_S3_ACCESS_KEY_ID: ruled(secret(), ofBucket, needs('BLOB_S3_SECRET_ACCESS_KEY'))
    .optional()
    .describe("unset: the AWS client's own ways to find credentials"),
  BLOB_S3_SECRET_ACCESS_KEY: ruled(secret(), needs('BLOB_S3_ACCESS_KEY_ID')).optional(),
}
const BlobConfig = z.object(BlobSettings)
export type BlobConfig = z.output<typeof BlobConfig>

/** Loads the client of a bucket only for those who have one: it takes 20 MB of memory. */
export async function openBlobStore(config: BlobConfig): Promise<BlobStore> {
  const {
    BLOB_S3_BUCKET: bucket,
    BLOB_S3_ACCESS_KEY_ID: accessKeyId,
    BLOB_S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = config
  if (bucket === undefined) return createLocalBlobStore(config.BLOB_DIR)
  const { createS3BlobStore } = await import('./s3-store.ts')
  return createS3BlobStore({
    bucket,
    prefix: config.BLOB_S3_PREFIX,
    encryption: {
      ...(config.BLOB_S3_ENCRYPTION && { ServerSideEncryption: config.BLOB_S3_ENCRYPTION }),
      ...(config.BLOB_S3_KMS_KEY_ID && { SSEKMSKeyId: config.BLOB_S3_KMS_KEY_ID }),
    },
    region: config.BLOB_S3_REGION,
    endpoint: config.BLOB_S3_ENDPOINT,
    credentials:
      accessKeyId === undefined || secretAccessKey === undefined
        ? undefined
        : () => ({
            accessKeyId: config.BLOB_S3_ACCESS_KEY_ID ?? accessKeyId,
            secretAccessKey: config.BLOB_S3_SECRET_ACCESS_KEY ?? secretAccessKey,
          }),
  })
}
