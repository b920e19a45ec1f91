/** What S3 says when it does not do it, in words that a person can act on. */
import { ConfigError } from '../process/config.ts'

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
      `the credentials may not use the bucket "${bucket}": allow ListBucket, GetObject, PutObject and DeleteObject, or correct BLOB_S3_ACCESS_KEY_ID`,
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
