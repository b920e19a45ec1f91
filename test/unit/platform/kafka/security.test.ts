import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { makeCertificates, makeClientCertificate } from '../../../../infra/local/cluster/certificates.ts'
import { securityOf } from '../../../../services/platform/kafka/security.ts'
import { KafkaSettings } from '../../../../services/platform/kafka/settings.ts'
import { ConfigError, loadConfig } from '../../../../services/platform/process/config.ts'

let directory: string
let good: Readonly<Record<string, string>>
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-security-'))
  const { caFile } = await makeCertificates(directory)
  const { certFile, keyFile } = await makeClientCertificate(directory, 'kim')
  const other = await makeClientCertificate(directory, 'lou')
  good = {
    KAFKA_SSL_CA_FILE: caFile,
    KAFKA_SSL_CERT_FILE: certFile,
    KAFKA_SSL_KEY_FILE: keyFile,
    other: other.keyFile,
  }
  writeFileSync(join(directory, 'garbage'), 'hunter2')
}, 60_000)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const load = (change: Readonly<Record<string, string>>) =>
  securityOf(loadConfig(z.object(KafkaSettings), { KAFKA_SSL: 'true', ...good, ...change }))

it('takes certificates that belong together', () => {
  expect(load({})).toMatchObject({ ssl: true })
})

it.each<[string, () => Readonly<Record<string, string>>, RegExp]>([
  [
    'a file that is not there',
    () => ({ KAFKA_SSL_CA_FILE: join(directory, 'none') }),
    /^KAFKA_SSL_CA_FILE: /,
  ],
  [
    'an authority that is none',
    () => ({ KAFKA_SSL_CA_FILE: join(directory, 'garbage') }),
    /^KAFKA_SSL_CA_FILE: /,
  ],
  [
    'a certificate that is none',
    () => ({ KAFKA_SSL_CERT_FILE: join(directory, 'garbage') }),
    /^KAFKA_SSL_CERT_FILE: /,
  ],
  ['a key that is none', () => ({ KAFKA_SSL_KEY_FILE: join(directory, 'garbage') }), /KAFKA_SSL_KEY_FILE: /],
  ["somebody else's key", () => ({ KAFKA_SSL_KEY_FILE: good.other ?? '' }), /KAFKA_SSL_KEY_FILE: /],
])('refuses %s with a sentence, and quotes nothing', (_what, change, sentence) => {
  const attempt = () => load(change())
  expect(attempt).toThrow(ConfigError)
  expect(attempt).toThrow(sentence)
  expect(attempt).not.toThrow(/hunter2/)
})
