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
  /** Told of a provider that cannot be asked, and of one that vouches for nobody. */
  readonly onFailed: (error: unknown) => void
}

const BEGIN = '/oidc/login'
const CALLBACK = '/oidc/callback'
/** Place on the login page that says whom the provider did not vouch for. */
const UNKNOWN = 'unknown'
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
    const { location, proof } = await oidc.begin(new URL(CALLBACK, originOf(visitor)), again)
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
  { oidc, entryOf, onFailed }: OidcSignIn,
  access: Access,
  visitor: Visitor,
): Promise<void> {
  const turnBack = (why: string): void => ctx.redirect(`${LOGIN}#${why}`)
  const [proof = '', former = ''] = (ctx.cookies.get(cookieName(visitor)) ?? '').split(MARK)
  const answer = URL.parse(ctx.url, originOf(visitor))
  // A page elsewhere can send a browser here: that takes none of its tries, and ends nothing that it has begun.
  if (answer === null || !oidc.isAnswerTo(answer, proof)) {
    onFailed(new Error('the browser did not begin here'))
    access.proofOf(visitor, null)
    return turnBack(UNKNOWN)
  }
  const forgotten = proofCookie(visitor, '', 0)
  ctx.set('set-cookie', forgotten)
  const throttled = access.takeTry(visitor)
  if (throttled !== null) return turnBack(throttled.type)
  const { names, provedMs } = await oidc.finish(answer, proof).catch((error: unknown): Vouched => {
    onFailed(error)
    return { names: [], provedMs: null }
  })
  const entry = names.flatMap(name => entryOf(name) ?? [])[0]
  const proved = access.proofOf(visitor, entry === undefined ? null : userOf(entry, 'oidc'))
  if (proved.type !== 'user') return turnBack(UNKNOWN)
  const session = access.sessionCookie(visitor, proved.user, { provedMs, former })
  ctx.set('set-cookie', [forgotten, session])
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
const originOf = ({ isSecure, host }: Visitor): string => `${isSecure ? 'https' : 'http'}://${host}`

const cookieName = ({ isSecure }: Visitor): string => `${isSecure ? '__Host-' : ''}atsflow_oidc`

/** Comes back from another site, so it is not for our own pages alone. */
const proofCookie = (visitor: Visitor, value: string, seconds: number): string =>
  `${cookieName(visitor)}=${value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${seconds}${visitor.isSecure ? '; Secure' : ''}`
