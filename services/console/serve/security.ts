/** Headers and checks that every answer of the console has in common. */
import type Koa from 'koa'
import type { Access, Proof } from './access.ts'
import type { VisitorOf } from './visitor.ts'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Figures of people stay in no cache, be it that of a browser somebody else uses next. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

/** A year, as browsers ask before they keep it for good. */
const TLS_ALONE = 'max-age=31536000; includeSubDomains'

export function securityHeaders(visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    ctx.set(HEADERS)
    if (visitorOf(ctx).isSecure) ctx.set('strict-transport-security', TLS_ALONE)
    await next()
  }
}

export const LOGIN = '/login'
/** What the login page itself is made of. */
const OPEN = new Set([LOGIN, '/styles/base.css', '/styles/login.css', '/icon.svg'])

/** A person is led to the login, a program gets 401. */
export function guard(access: Access, visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    if (OPEN.has(ctx.path)) return next()
    const proof = access.prove(visitorOf(ctx))
    if (proof.type === 'user') {
      ctx.state.user = proof.user
      return next()
    }
    if (ctx.method === 'GET' && ctx.get('accept').includes('text/html') && !ctx.path.startsWith('/api/')) {
      ctx.redirect(LOGIN)
      return
    }
    refuse(ctx, proof)
  }
}

function refuse(ctx: Koa.Context, proof: Exclude<Proof, { type: 'user' }>): void {
  if (proof.type === 'throttled') {
    ctx.status = 429
    ctx.set('retry-after', String(Math.ceil(proof.waitMs / 1000)))
    ctx.body = { error: { code: 'TOO_MANY_TRIES', message: 'too many wrong secrets came from your address' } }
    return
  }
  ctx.status = 401
  ctx.set('www-authenticate', 'Bearer')
  ctx.body = {
    error: { code: 'TOKEN_MISSING', message: 'present CONSOLE_TOKEN as bearer, or sign in at /login' },
  }
}

export interface ForbiddenPorts {
  readonly visitorOf: VisitorOf
  /** Told of everybody who asks for what is not theirs. @param actor null: nobody who has proved anything */
  readonly onForbidden: (address: string, actor: string | null, code: string) => void
}

/** A page elsewhere cannot make a visitor's browser change anything here. */
export function refuseForeignPages({ visitorOf, onForbidden }: ForbiddenPorts): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.method === 'POST' && !isOwnPage(ctx)) {
      const code = 'FOREIGN_PAGE'
      onForbidden(visitorOf(ctx).address, null, code)
      ctx.status = 403
      ctx.body = { error: { code, message: 'another site sent this request' } }
      return
    }
    await next()
  }
}

/** Browsers say where a request comes from, older ones by `Origin` alone; programs say neither. */
function isOwnPage(ctx: Koa.Context): boolean {
  const site = ctx.get('sec-fetch-site')
  if (site !== '') return site === 'same-origin' || site === 'none'
  const origin = ctx.get('origin')
  return origin === '' || (URL.canParse(origin) && new URL(origin).host === ctx.host)
}
