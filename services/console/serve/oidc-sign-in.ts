/** The way in by OpenID Connect: who the provider vouches for, and whom CONSOLE_USERS_FILE names. */
import type Koa from 'koa'
import { html } from '../docs/html.ts'
import type { Access, Visitor } from './access.ts'
import type { Oidc, Vouched } from './oidc.ts'
import { readText } from './read-body.ts'
import { LOGIN } from './security.ts'
import { userOf } from './users.ts'
import type { UserEntry } from './users-file.ts'
import type { VisitorOf } from './visitor.ts'

export interface OidcSignIn {
  readonly oidc: Oidc
  readonly entryOf: (name: string) => UserEntry | undefined
  /** Told of who came back and was not let in. */
  readonly onRefused: (address: string) => void
  /** Told of a provider that cannot be asked, and of one that vouches for nobody. */
  readonly onFailed: (error: unknown) => void
}

const BEGIN = '/oidc/login'
const CALLBACK = '/oidc/callback'
/** How long somebody may take at the provider. */
const PROOF_SECONDS = 600
/** Before the mark of the session that the browser has; in neither of what it parts. */
const MARK = '~'

export function oidcSignIn(ports: OidcSignIn, access: Access, visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    // By a button of our own page alone: a link elsewhere could have the provider sign somebody in without their doing.
    if (ctx.path === BEGIN && ctx.method === 'POST') return begin(ctx, ports, access, visitorOf(ctx))
    if (ctx.path === BEGIN) return ctx.redirect(LOGIN)
    if (ctx.path === CALLBACK && ctx.method === 'GET') return finish(ctx, ports, access, visitorOf(ctx))
    return next()
  }
}

async function begin(
  ctx: Koa.Context,
  { oidc, onFailed }: OidcSignIn,
  access: Access,
  visitor: Visitor,
): Promise<void> {
  const again = new URLSearchParams(await readText(ctx.req)).has('again')
  try {
    const { location, proof } = await oidc.begin(addressOf(visitor, CALLBACK), again)
    // The cookie of the session stays behind when another site sends the browser back: what tells it goes along.
    const mark = access.markOf(visitor)
    ctx.set('set-cookie', proofCookie(visitor, [proof, mark].join(MARK), PROOF_SECONDS))
    // The policy of the page lets no form lead elsewhere, by a redirect neither.
    leadOn(ctx, location, 'To your organisation')
  } catch (error) {
    onFailed(error)
    ctx.redirect(`${LOGIN}#failed`)
  }
}

async function finish(
  ctx: Koa.Context,
  { oidc, entryOf, onRefused, onFailed }: OidcSignIn,
  access: Access,
  visitor: Visitor,
): Promise<void> {
  const [proof = '', former = ''] = (ctx.cookies.get(cookieName(visitor)) ?? '').split(MARK)
  const forgotten = proofCookie(visitor, '', 0)
  const { names, provedMs } = await oidc
    .finish(addressOf(visitor, ctx.url), proof)
    .catch((error: unknown): Vouched => {
      onFailed(error)
      return { names: [], provedMs: null }
    })
  const entry = names.flatMap(name => entryOf(name) ?? [])[0]
  if (entry === undefined) {
    onRefused(visitor.address)
    ctx.set('set-cookie', forgotten)
    ctx.redirect(`${LOGIN}#unknown`)
    return
  }
  ctx.set('set-cookie', [forgotten, access.sessionCookie(visitor, userOf(entry, 'oidc'), { provedMs, former })])
  // A redirect would still be the other site's: the browser would not send a cookie that is for our own pages alone.
  leadOn(ctx, '/', 'Signed in')
}

/** By a page of ours that leads on by itself. */
function leadOn(ctx: Koa.Context, location: string, title: string): void {
  ctx.type = 'html'
  ctx.body =
    html`<!doctype html><meta http-equiv="refresh" content="0;url=${location}"><title>${title}</title><a href="${location}">${title}</a>`.markup
}

/** The provider sends browsers only to addresses that it knows, whatever this one called us. */
const addressOf = ({ isSecure, host }: Visitor, path: string): URL =>
  new URL(path, `${isSecure ? 'https' : 'http'}://${host}`)

const cookieName = ({ isSecure }: Visitor): string => `${isSecure ? '__Host-' : ''}atsflow_oidc`

/** Comes back from another site, so it is not for our own pages alone. */
const proofCookie = (visitor: Visitor, value: string, seconds: number): string =>
  `${cookieName(visitor)}=${value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${seconds}${visitor.isSecure ? '; Secure' : ''}`
