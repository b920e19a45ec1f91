/** The files of the page, read once: a closed list, so that no path leads anywhere else. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type Koa from 'koa'

interface PageFile {
  readonly type: string
  readonly bytes: Buffer
  readonly tag: string
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const PAGE = fileURLToPath(new URL('../page/', import.meta.url))
const NAMES: Readonly<Record<string, string>> = { '/index.html': '/', '/login.html': '/login' }

const OIDC_FORM = /^.*action="\/oidc\/login".*\n/m

/** A page that is made at the start. */
export const madeFile = (text: string, type: string): PageFile => fileOf(Buffer.from(text), type)

export type PageFiles = ReadonlyMap<string, PageFile>

/** By path. @param hasOidc the login leads to a provider, too */
export function readPageFiles(hasOidc: boolean): PageFiles {
  const files = new Map<string, PageFile>()
  for (const entry of readdirSync(PAGE, { recursive: true, encoding: 'utf8' })) {
    const type = TYPES[extname(entry)]
    const path = `/${entry.replaceAll('\\', '/')}`
    if (type !== undefined) files.set(NAMES[path] ?? path, pageFile(join(PAGE, entry), type))
  }
  const login = readFileSync(join(PAGE, 'login.html'), 'utf8')
  if (!hasOidc) files.set('/login', madeFile(login.replace(OIDC_FORM, ''), TYPES['.html'] ?? ''))
  files.set('/vendor/chart.js', pageFile(chartLibrary(), TYPES['.js'] ?? ''))
  return files
}

const pageFile = (path: string, type: string): PageFile => fileOf(readFileSync(path), type)

function fileOf(bytes: Buffer, type: string): PageFile {
  return { type, bytes, tag: `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"` }
}

/** The bundle that needs nothing else; the package exports only its modules. */
const chartLibrary = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js')

export function servePage(files: PageFiles): Koa.Middleware {
  return async (ctx, next) => {
    const file = files.get(ctx.path)
    if (file === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    // Scripts and styles are the same for everybody: asked for again, but not sent again.
    ctx.set({ etag: file.tag, ...(file.type === TYPES['.html'] ? {} : { 'cache-control': 'no-cache' }) })
    if (ctx.get('if-none-match') === file.tag) {
      ctx.status = 304
      return
    }
    ctx.type = file.type
    ctx.body = file.bytes
  }
}
