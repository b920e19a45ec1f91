/** Somebody's own sessions, wherever they are signed in: shown, and ended by whoever has just proved to be their owner. */
import type Koa from 'koa'
import { type Html, html, pageOf } from '../docs/html.ts'
import type { Access } from './access.ts'
import { readText } from './read-body.ts'
import { PROVED_MS, type Shown } from './sessions.ts'
import type { User } from './user.ts'
import type { VisitorOf } from './visitor.ts'

const SESSIONS = '/sessions'

export function ownSessions(access: Access, visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.path !== SESSIONS) return next()
    const visitor = visitorOf(ctx)
    if (ctx.method === 'GET') {
      ctx.type = 'html'
      ctx.body = sessionsPage(access.sessionsOf(visitor), ctx.state.user, ctx.query.again !== undefined)
      return
    }
    if (ctx.method !== 'POST') return next()
    const handles = new URLSearchParams(await readText(ctx.req)).getAll('session')
    const isDone = access.endSessions(visitor, handles)
    ctx.status = 303
    ctx.set('location', isDone ? SESSIONS : `${SESSIONS}?again`)
  }
}

/** Without a script: it works wherever a form does. */
function sessionsPage(sessions: readonly Shown[], user: User, mustProve: boolean): string {
  const page = html`<header class="top">
      <div class="brand"><strong>atsflow</strong> <span>your sessions</span></div>
      <nav aria-label="Pages"><a href="/">Console</a></nav>
    </header>
    <main id="main">
      <section class="card wide" aria-labelledby="title">
        <h1 id="title">Sessions of ${user.name}</h1>
        ${sessions.length === 0 ? html`<p>You came in without a session.</p>` : tableOf(sessions)}
        ${mustProve ? proveAgain(user) : null}
      </section>
    </main>`
  return pageOf('atsflow console: your sessions', page)
}

const tableOf = (sessions: readonly Shown[]): Html => html`
<form method="post" action="${SESSIONS}">
  <table>
    <thead><tr><th>End</th><th>Signed in</th><th>Last request</th><th>From</th></tr></thead>
    <tbody>${sessions.map(
      ({ handle, address, openedMs, usedMs, isThis }) => html`
      <tr>
        <td>${
          isThis
            ? 'this one'
            : html`<input type="checkbox" name="session" value="${handle}" aria-label="End the session from ${address}" />`
        }</td>
        <td>${moment(openedMs)}</td><td>${moment(usedMs)}</td><td>${address}</td>
      </tr>`,
    )}
    </tbody>
  </table>
  <button type="submit">End those</button>
</form>`

/** A provider that says nothing of when somebody proved themselves lets them end nothing here. */
const proveAgain = ({ by }: User): Html => html`
<p role="alert">Only who has signed in within ${PROVED_MS / 60_000} minutes may end sessions.</p>
${
  by === 'oidc'
    ? html`<form method="post" action="/oidc/login"><button type="submit" name="again" value="yes">Sign in again</button></form>`
    : html`<p><a href="/login">Sign in again</a></p>`
}`

const moment = (ms: number): Html => {
  const iso = new Date(ms).toISOString()
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`
}
