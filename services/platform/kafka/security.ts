/** How brokers prove themselves to us and we to them. Read anew for each connection: files may have changed since. */
import { X509Certificate } from 'node:crypto'
import { connect as connectTcp, isIP } from 'node:net'
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls'
import type { KafkaConfig as ClientConfig, ISocketFactory } from 'kafkajs'
import { ConfigError } from '../process/config.ts'
import { type Keep, keepOnce, readConfigured } from '../process/kept-files.ts'
import { signMskIamToken } from './msk-iam-token.ts'
import { fetchOauthToken, keptToken, type OauthClient } from './oauth-token.ts'
import type { BrokerConfig } from './settings.ts'

/** As kafkajs itself does it. */
const KEEP_ALIVE_DELAY_MS = 60_000

/** @throws ConfigError for certificates that cannot be used */
export function securityOf(
  config: BrokerConfig,
  keep: Keep = keepOnce,
): Pick<ClientConfig, 'sasl' | 'ssl' | 'socketFactory'> {
  return { ...tls(config, keep), ...sasl(config) }
}

function tls(config: BrokerConfig, keep: Keep): Pick<ClientConfig, 'ssl' | 'socketFactory'> {
  if (!config.KAFKA_SSL) return {}
  const context = keep('the certificates for Kafka', () => certificatesOf(config))
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl
      ? connectTls(
          { host, port, secureContext: context(), ...(isIP(host) === 0 && { servername: host }) },
          onConnect,
        )
      : connectTcp({ host, port }, onConnect)
    return socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
  }
  return { ssl: true, socketFactory }
}

/** @throws ConfigError that names the file */
function certificatesOf(config: BrokerConfig): SecureContext {
  const ca = pem(config, 'KAFKA_SSL_CA_FILE')
  const cert = pem(config, 'KAFKA_SSL_CERT_FILE')
  const key = pem(config, 'KAFKA_SSL_KEY_FILE')
  for (const [variable, text] of [
    ['KAFKA_SSL_CA_FILE', ca],
    ['KAFKA_SSL_CERT_FILE', cert],
  ] as const)
    checkCertificate(variable, text)
  try {
    return createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) })
  } catch {
    // What OpenSSL says names neither file.
    throw new ConfigError(
      'KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE: expected a certificate and the key that belongs to it, in PEM and without a passphrase',
    )
  }
}

type PemVariable = 'KAFKA_SSL_CA_FILE' | 'KAFKA_SSL_CERT_FILE' | 'KAFKA_SSL_KEY_FILE'

function pem(config: BrokerConfig, variable: PemVariable): string | undefined {
  const path = config[variable]
  if (path === undefined) return undefined
  try {
    return readConfigured(path)
  } catch {
    throw new ConfigError(`${variable}: the file cannot be read`)
  }
}

/** OpenSSL takes an authority that it cannot read for none, and then trusts nobody without saying why. */
function checkCertificate(variable: PemVariable, text: string | undefined): void {
  if (text === undefined) return
  try {
    new X509Certificate(text)
  } catch {
    throw new ConfigError(`${variable}: expected certificates in PEM`)
  }
}

function sasl(config: BrokerConfig): Pick<ClientConfig, 'sasl'> {
  const mechanism = config.KAFKA_SASL_MECHANISM
  switch (mechanism) {
    case undefined:
      return {}
    case 'oauthbearer':
      return bearer(keptToken(() => fetchOauthToken(oauthClient(config), Date.now), Date.now))
    case 'aws-msk-iam':
      return bearer(keptToken(() => signMskIamToken(config.AWS_REGION ?? ''), Date.now))
    default:
      return {
        sasl: {
          mechanism,
          username: config.KAFKA_SASL_USERNAME ?? '',
          // Read whenever a connection logs in.
          get password() {
            return config.KAFKA_SASL_PASSWORD ?? ''
          },
        } as ClientConfig['sasl'] & object,
      }
  }
}

const bearer = (token: () => Promise<string>): Pick<ClientConfig, 'sasl'> => ({
  sasl: { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token() }) },
})

const oauthClient = (config: BrokerConfig): OauthClient => ({
  tokenUrl: config.KAFKA_OAUTH_TOKEN_URL ?? '',
  clientId: config.KAFKA_OAUTH_CLIENT_ID ?? '',
  clientSecret: config.KAFKA_OAUTH_CLIENT_SECRET ?? '',
  scope: config.KAFKA_OAUTH_SCOPE,
})

/** Who we are to the cluster, as far as it can be told from here, for people who give rights. */
export function principalText(config: BrokerConfig): string {
  switch (config.KAFKA_SASL_MECHANISM) {
    case 'oauthbearer':
      return 'whom the token of KAFKA_OAUTH_CLIENT_ID names'
    case 'aws-msk-iam':
      return 'the IAM role or user of its AWS credentials, whose rights IAM policies give'
    case undefined:
      // Without SASL a cluster knows nobody, or whom a certificate names.
      return config.KAFKA_SSL_CERT_FILE === undefined
        ? 'whoever comes without KAFKA_SASL_USERNAME'
        : 'whom the certificate in KAFKA_SSL_CERT_FILE names'
    default:
      return `User:${config.KAFKA_SASL_USERNAME} (KAFKA_SASL_USERNAME)`
  }
}
