/** The way in and out for a person: a form, and a session in a cookie. */
import type Koa from 'koa'
import type { Access } from './access.ts'
import { readText } from './read-body.ts'
import { LOGIN } from './security.ts'
import type { VisitorOf } from './visitor.ts'

/** What is wrong is told by nothing but the way back to the form. */
export function signIn(access: Access, visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.path !== LOGIN || ctx.method !== 'POST') return next()
    const visitor = visitorOf(ctx)
    const form = new URLSearchParams(await readText(ctx.req))
    const proof = await access.signIn(visitor, form.get('name')?.trim() ?? '', form.get('token') ?? '')
    ctx.status = 303
    if (proof.type !== 'user') {
      ctx.set('location', `${LOGIN}#${proof.type}`)
      return
    }
    ctx.set({ 'set-cookie': access.sessionCookie(visitor, proof.user), location: '/' })
  }
}

export function signOut(access: Access, visitorOf: VisitorOf): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/logout' || ctx.method !== 'POST') return next()
    ctx.status = 303
    ctx.set({
      'set-cookie': access.signOut(visitorOf(ctx)),
      // Whoever sits down there next finds nothing, be it by the way back.
      'clear-site-data': '"cache", "storage"',
      location: LOGIN,
    })
  }
}
