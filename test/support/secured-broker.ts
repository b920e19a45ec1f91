/**
 * A real broker that asks who somebody is in every way that we can answer: by certificate, by password, by token. Nobody
 * but `USER` may do anything on it, however they come in.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fetchArtifacts } from '../../infra/local/artifacts.ts'
import { type Certificates, makeCertificates } from '../../infra/local/cluster/certificates.ts'
import { clusterIdOf, formatStorage } from '../../infra/local/format-storage.ts'
import { findJava } from '../../infra/local/java.ts'
import { createJvmPart } from '../../infra/local/jvm-part.ts'
import { freePort } from '../../infra/local/ports.ts'
import { propertiesText } from '../../infra/local/properties-text.ts'
import { isListening } from '../../services/platform/kafka/local-addresses.ts'

export const USER = 'kim'
export const PASSWORD = 'hunter2'
const AUDIENCE = 'atsflow'

export interface SecuredBroker {
  /** Where a client shows a certificate. */
  readonly mutual: string
  /** Where a client logs in over TLS. */
  readonly login: string
  readonly certificates: Certificates
  readonly stop: () => Promise<void>
}

/** @param jwks the public keys of whoever makes tokens */
export async function startSecuredBroker(dataDir: string, jwks: object): Promise<SecuredBroker> {
  const java = await findJava(process.env)
  if (java === null) throw new Error('a broker needs Java')
  const artifacts = await fetchArtifacts({ env: process.env, onEvent: line => console.error(line) })
  const certificates = await makeCertificates(join(dataDir, 'tls'))
  const keys = join(dataDir, 'jwks.json')
  writeFileSync(keys, JSON.stringify(jwks))
  const ports = {
    internal: await freePort(),
    mutual: await freePort(),
    login: await freePort(),
    controller: await freePort(),
  }
  const directory = join(dataDir, 'secured')
  const logDir = join(directory, 'log')
  const properties = join(directory, 'server.properties')
  const jwksUrl = pathToFileURL(keys).href
  const broker = createJvmPart({
    name: 'a broker that asks who somebody is',
    java,
    archive: join(artifacts.directory, `broker-${java.version}.jsa`),
    marker: properties,
    port: ports.login,
    portVariable: null,
    isReady: () => isListening(ports.login),
    logFile: join(dataDir, 'logs', 'secured.log'),
    pidFile: join(dataDir, 'run', 'secured.json'),
    async args() {
      mkdirSync(directory, { recursive: true })
      writeFileSync(properties, propertiesOf({ ports, logDir, certificates, jwksUrl }))
      const classpath = artifacts.brokerClasspath
      const clusterId = clusterIdOf(randomBytes(16))
      if (!existsSync(join(logDir, 'meta.properties')))
        await formatStorage({ java, classpath, clusterId, properties, users: { [USER]: PASSWORD } })
      const allowed = `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${jwksUrl}`
      return ['-Xmx320m', allowed, '-cp', classpath, 'kafka.Kafka', properties]
    },
  })
  await broker.start()
  return {
    mutual: `127.0.0.1:${ports.mutual}`,
    login: `127.0.0.1:${ports.login}`,
    certificates,
    stop: broker.stop,
  }
}

interface Parts {
  readonly ports: Readonly<Record<'internal' | 'mutual' | 'login' | 'controller', number>>
  readonly logDir: string
  readonly certificates: Certificates
  readonly jwksUrl: string
}

function propertiesOf({ ports, logDir, certificates, jwksUrl }: Parts): string {
  const security = 'org.apache.kafka.common.security'
  const clients = `INTERNAL://127.0.0.1:${ports.internal},MUTUAL://127.0.0.1:${ports.mutual},LOGIN://127.0.0.1:${ports.login}`
  return propertiesText({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: `${clients},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': clients,
    'listener.security.protocol.map': 'INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT,MUTUAL:SSL,LOGIN:SASL_SSL',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'log.dirs': logDir,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:ANONYMOUS;User:CN=${USER};User:${USER}`,
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
    'listener.name.login.plain.sasl.jaas.config': `${security}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
    'listener.name.login.scram-sha-256.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.login.scram-sha-512.sasl.jaas.config': `${security}.scram.ScramLoginModule required;`,
    'listener.name.login.oauthbearer.sasl.jaas.config': `${security}.oauthbearer.OAuthBearerLoginModule required;`,
    'listener.name.login.oauthbearer.sasl.server.callback.handler.class': `${security}.oauthbearer.OAuthBearerValidatorCallbackHandler`,
    'sasl.oauthbearer.jwks.endpoint.url': jwksUrl,
    'sasl.oauthbearer.expected.audience': AUDIENCE,
    // A login counts for as long as its token does.
    'listener.name.login.connections.max.reauth.ms': 60_000,
    'listener.name.mutual.ssl.client.auth': 'required',
    ...Object.fromEntries(
      ['mutual', 'login'].flatMap(listener => [
        [`listener.name.${listener}.ssl.keystore.type`, 'PEM'],
        [`listener.name.${listener}.ssl.keystore.location`, certificates.keyFile],
        [`listener.name.${listener}.ssl.truststore.type`, 'PEM'],
        [`listener.name.${listener}.ssl.truststore.location`, certificates.caFile],
      ]),
    ),
  })
}

export interface TokenServer {
  readonly url: string
  readonly jwks: object
  readonly clientId: string
  readonly clientSecret: string
  /** How many tokens it has given, and how many requests it has refused. */
  readonly counts: { given: number; refused: number }
  /** Seconds that the next tokens live. */
  lifeSeconds: number
  readonly stop: () => Promise<void>
}

/** An authorization server that gives tokens to one client, signed with a key of its own. */
export async function startTokenServer(): Promise<TokenServer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }
  const client = { clientId: 'a:client', clientSecret: randomBytes(16).toString('base64') }
  const expected = Buffer.from(
    `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret)}`,
  ).toString('base64')
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const tokenFor = (lifeSeconds: number): string => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      sub: USER,
      aud: AUDIENCE,
      scope: 'kafka',
      iat: now,
      exp: now + lifeSeconds,
      jti: randomBytes(8).toString('hex'),
    }
    const signed = `${part({ alg: 'RS256', typ: 'JWT', kid: 'one' })}.${part(claims)}`
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), privateKey).toString('base64url')}`
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => {
      const form = new URLSearchParams(body)
      const isRight =
        request.headers.authorization === `Basic ${expected}` &&
        form.get('grant_type') === 'client_credentials' &&
        form.get('scope') === 'kafka'
      counts[isRight ? 'given' : 'refused'] += 1
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' })
      const token = {
        access_token: tokenFor(made.lifeSeconds),
        token_type: 'Bearer',
        expires_in: made.lifeSeconds,
      }
      response.end(JSON.stringify(isRight ? token : { error: 'invalid_client' }))
    })
  })
  const counts = { given: 0, refused: 0 }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const made: TokenServer = {
    url: `http://127.0.0.1:${port}/token`,
    jwks: { keys: [jwk] },
    ...client,
    counts,
    lifeSeconds: 300,
    stop: () => new Promise(resolve => server.close(() => resolve())),
  }
  return made
}
