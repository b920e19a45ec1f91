/** HTTP as bytes on a socket, for what no client would send. */
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect, type Socket } from 'node:net'

export interface Answer {
  /** 0 when the connection ended without an answer. */
  readonly status: number
  readonly body: string
}

/** Opens a connection, hands it over, and reads the first answer or the end. */
export function exchange(to: number, talk: (socket: Socket) => void): Promise<Answer> {
  return new Promise(resolve => {
    let text = ''
    const finish = () => {
      socket.destroy()
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
      resolve({ status, body: text.slice(text.indexOf('\r\n\r\n') + 4) })
    }
    const socket = connect(to, '127.0.0.1', () => talk(socket))
    socket.on('data', chunk => {
      text += String(chunk)
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      const headEnd = text.indexOf('\r\n\r\n')
      if (
        length !== undefined &&
        headEnd !== -1 &&
        Buffer.byteLength(text.slice(headEnd + 4)) >= Number(length)
      )
        finish()
    })
    socket.on('error', finish)
    socket.on('close', finish)
  })
}

const GIVE_UP_MS = 30_000

/** Everything that comes back until the other side closes the connection. @throws when it never does */
export function untilClosed(to: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(to, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(GIVE_UP_MS, () => {
      socket.destroy()
      reject(new Error(`the connection stayed open after ${JSON.stringify(text.slice(0, 200))}`))
    })
    socket.on('data', chunk => {
      text += String(chunk)
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
}

/** The statuses of all answers in what came back. */
export const statusesIn = (text: string): readonly number[] =>
  Array.from(text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm), ([, status]) => Number(status))

/** To a whole request. */
export interface WholeAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}
export interface Asked {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

/** The path as it stands there: a URL would be tidied up. */
export const askAt = (port: number, path: string, { method = 'GET', headers = {}, body = '' }: Asked = {}) =>
  new Promise<WholeAnswer>((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, response => {
      let text = ''
      response.on('data', chunk => {
        text += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
