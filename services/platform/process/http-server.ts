import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'
import { ConfigError } from './config.ts'

export interface HttpServer {
  /** The port listened on, also when 0 was asked for. */
  readonly port: number
  /** Takes no new connection, lets requests in progress end, and cuts what is left after the drain time. */
  readonly close: () => Promise<void>
}

export interface HttpServerOptions {
  readonly app: Pick<Koa, 'callback'>
  readonly port: number
  readonly host: string
  /** The variable that sets the port: named when the port cannot be had. */
  readonly portVariable: string
  readonly drainMs?: number
  /** Headers and body of one request together. */
  readonly requestTimeoutMs?: number
}

const LIMITS = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  /** Longer than the 60 s of common load balancers, so that they close idle connections and not we. */
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 1_000,
}
/** 30 MiB in a minute is 4 Mbit/s. */
const REQUEST_TIMEOUT_MS = 60_000
const HEADERS_COUNT_MAX = 100
const DRAIN_MS = 5_000

/** @throws ConfigError when the port cannot be listened on. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const handle = options.app.callback()
  let isClosing = false
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const limits = {
    ...LIMITS,
    requestTimeout,
    headersTimeout: Math.min(LIMITS.headersTimeout, requestTimeout),
  }
  const server = createServer(limits, (request, response) => {
    if (isClosing) response.setHeader('connection', 'close')
    response.once('close', () => {
      if (isClosing) server.closeIdleConnections()
    })
    void handle(request, response)
  })
  server.maxHeadersCount = HEADERS_COUNT_MAX
  await listen(server, options)
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      isClosing = true
      return drain(server, options.drainMs ?? DRAIN_MS)
    },
  }
}

const listen = (server: Server, { port, host, portVariable }: HttpServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(sayWhy(error, host, port, portVariable)))
    server.listen(port, host, resolve)
  })

function sayWhy(error: NodeJS.ErrnoException, host: string, port: number, variable: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ConfigError(
        `port ${port} on ${host} is taken by another process: set ${variable} to a free one`,
      )
    case 'EACCES':
      return new ConfigError(
        `port ${port} on ${host} may not be opened by this user: set ${variable} above 1023`,
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ConfigError(`${host} is not an address of this machine (${variable} ${port})`)
    default:
      return error
  }
}

const drain = (server: Server, drainMs: number): Promise<void> =>
  new Promise(resolve => {
    const cut = setTimeout(() => server.closeAllConnections(), drainMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
  })
