import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { securityOf } from '../../../../services/platform/kafka/security.ts'
import { KafkaSettings } from '../../../../services/platform/kafka/settings.ts'
import { loadConfig } from '../../../../services/platform/process/config.ts'

const MINUTE_MS = 60_000
const ENV = { KAFKA_SSL: 'true', KAFKA_SASL_MECHANISM: 'aws-msk-iam', AWS_REGION: 'eu-central-1' }
const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'a-secret-of-a-test',
  AWS_SESSION_TOKEN: 'a/session+token=',
}

beforeEach(() => {
  // Only the clock: the signer's promises go on.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 31, 12) })
  for (const name of ['AWS_PROFILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']) vi.stubEnv(name, undefined)
  for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value)
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.useRealTimers()
})

/** What kafkajs asks for whenever a connection logs in. */
function provider(): () => Promise<string> {
  const { sasl } = securityOf(loadConfig(z.object(KafkaSettings), ENV))
  if (sasl === undefined || !('oauthBearerProvider' in sasl)) throw new Error('expected tokens')
  return async () => (await sasl.oauthBearerProvider()).value
}

const urlOf = (token: string): URL => new URL(Buffer.from(token, 'base64url').toString())

it('is a signed call of kafka-cluster:Connect in the region, for a quarter of an hour, without the secret', async () => {
  const url = urlOf(await provider()())
  expect([url.protocol, url.hostname, url.pathname]).toEqual([
    'https:',
    'kafka.eu-central-1.amazonaws.com',
    '/',
  ])
  expect(Object.fromEntries(url.searchParams)).toEqual({
    Action: 'kafka-cluster:Connect',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIAEXAMPLE/20260131/eu-central-1/kafka-cluster/aws4_request',
    'X-Amz-Date': '20260131T120000Z',
    'X-Amz-Expires': '900',
    'X-Amz-Security-Token': 'a/session+token=',
    'X-Amz-SignedHeaders': 'host',
    'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
    'User-Agent': expect.stringMatching(/^aws-msk-iam-sasl-signer-js\//),
  })
  expect(url.href).not.toContain(CREDENTIALS.AWS_SECRET_ACCESS_KEY)
})

it('is signed with the secret', async () => {
  const signatureOf = async () => urlOf(await provider()()).searchParams.get('X-Amz-Signature')
  const first = await signatureOf()
  expect(await signatureOf()).toBe(first)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another-secret')
  expect(await signatureOf()).not.toBe(first)
})

it('is kept, and signed again three minutes before its end, with the credentials of that moment', async () => {
  const token = provider()
  const first = await token()
  vi.setSystemTime(Date.now() + 12 * MINUTE_MS - 1)
  expect(await token()).toBe(first)
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAROTATED')
  vi.setSystemTime(Date.now() + 1)
  const { searchParams } = urlOf(await token())
  expect(searchParams.get('X-Amz-Date')).toBe('20260131T121200Z')
  expect(searchParams.get('X-Amz-Credential')).toMatch(/^AKIAROTATED\//)
})

it('says what is missing where there are no credentials, as an error that is tried again', async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', undefined)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere')
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  await expect(provider()()).rejects.toMatchObject({
    retriable: true,
    message: expect.stringMatching(/^no token for MSK can be signed .*AWS_ACCESS_KEY_ID/),
  })
})
