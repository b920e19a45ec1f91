/** A certificate authority of a cluster's own, and the one certificate that its brokers show on loopback. */
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ConfigError } from '../../../services/platform/process/config.ts'

const execute = promisify(execFile)

export interface Certificates {
  /** PEM: key and chain, as a broker's keystore takes them. */
  readonly keyFile: string
  /** PEM, for clients. */
  readonly caFile: string
}

const DAYS = '30'
const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** @throws ConfigError without the program openssl. */
export async function makeCertificates(directory: string): Promise<Certificates> {
  mkdirSync(directory, { recursive: true })
  const at = (name: string) => join(directory, name)
  writeFileSync(at('names.cnf'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  await openssl('req', '-x509', ...newKey, '-days', DAYS, '-subj', '/CN=a cluster on this machine', [
    ...['-keyout', at('ca.key'), '-out', at('ca.pem')],
  ])
  await openssl('req', ...newKey, '-subj', '/CN=127.0.0.1', [
    ...['-keyout', at('broker.key'), '-out', at('broker.csr')],
  ])
  await openssl('x509', '-req', '-days', DAYS, '-in', at('broker.csr'), '-extfile', at('names.cnf'), [
    ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-out', at('broker.crt')],
  ])
  const chain = ['broker.key', 'broker.crt', 'ca.pem'].map(name => readFileSync(at(name), 'utf8')).join('')
  writeFileSync(at('broker.pem'), chain, { mode: 0o600 })
  return { keyFile: at('broker.pem'), caFile: at('ca.pem') }
}

export interface ClientCertificate {
  /** PEM. */
  readonly certFile: string
  readonly keyFile: string
}

/** @param directory of `makeCertificates`, whose authority signs it. Brokers know its owner as `User:CN=<name>`. */
export async function makeClientCertificate(directory: string, name: string): Promise<ClientCertificate> {
  const at = (ending: string) => join(directory, `${name}.${ending}`)
  await openssl('req', ...newKey, '-subj', `/CN=${name}`, [...['-keyout', at('key'), '-out', at('csr')]])
  const authority = ['-CA', join(directory, 'ca.pem'), '-CAkey', join(directory, 'ca.key'), '-CAcreateserial']
  await openssl('x509', '-req', '-days', DAYS, '-in', at('csr'), authority, ['-out', at('crt')])
  return { certFile: at('crt'), keyFile: at('key') }
}

async function openssl(...args: readonly (string | readonly string[])[]): Promise<void> {
  try {
    await execute('openssl', args.flat(), { timeout: 30_000 })
  } catch (error) {
    throw new ConfigError(`openssl cannot make certificates: ${String(error).split('\n', 1)[0]}`)
  }
}
