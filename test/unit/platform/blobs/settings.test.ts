import { expect, it } from 'vitest'
import { z } from 'zod'
import { BlobSettings } from '../../../../services/platform/blobs/settings.ts'
import { type Environment, loadConfig } from '../../../../services/platform/process/config.ts'

const load = (env: Environment) => () => loadConfig(z.object(BlobSettings), env)
const BUCKET = { BLOB_S3_BUCKET: 'b' }

it.each<[string, Environment, RegExp]>([
  ['a prefix without a bucket', { BLOB_S3_PREFIX: 'x/' }, /BLOB_S3_PREFIX: .*BLOB_S3_BUCKET/],
  ['a region without a bucket', { BLOB_S3_REGION: 'x' }, /BLOB_S3_REGION: .*BLOB_S3_BUCKET/],
  ['a key of nothing', { ...BUCKET, BLOB_S3_KMS_KEY_ID: 'x' }, /BLOB_S3_KMS_KEY_ID: .*BLOB_S3_ENCRYPTION/],
  ['half a pair of keys', { ...BUCKET, BLOB_S3_ACCESS_KEY_ID: 'x' }, /BLOB_S3_SECRET_ACCESS_KEY/],
  ['the other half', { ...BUCKET, BLOB_S3_SECRET_ACCESS_KEY: 'x' }, /BLOB_S3_ACCESS_KEY_ID/],
  [
    'a store over http',
    { ...BUCKET, BLOB_S3_ENDPOINT: 'http://s3.example.com' },
    /BLOB_S3_ENDPOINT: .*https/,
  ],
])('refuses %s', (_what, env, sentence) => {
  expect(load(env)).toThrow(sentence)
})

it('takes a store on this machine, with both keys', () => {
  const keys = { BLOB_S3_ACCESS_KEY_ID: 'x', BLOB_S3_SECRET_ACCESS_KEY: 'x' }
  expect(load({ ...BUCKET, ...keys, BLOB_S3_ENDPOINT: 'http://127.0.0.1:9000' })).not.toThrow()
})
