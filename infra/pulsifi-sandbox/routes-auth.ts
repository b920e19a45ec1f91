import type { Router } from '@koa/router'
import { operation } from './operation.ts'
import type { Sandbox } from './sandbox.ts'
import { tokenRequest, validated } from './validate.ts'

/** Guideline, "Authentication": JSON, not the form encoding of RFC 6749. */
export function addAuthRoutes(router: Router, sandbox: Sandbox): void {
  router.post(
    '/partner/oauth2/token',
    operation(
      sandbox,
      'token.create',
      request => {
        const reply = sandbox.tokens.issue(request.authorization, Date.now())
        validated(tokenRequest, request.body, sandbox.options.strict)
        return reply
      },
      { isToken: true },
    ),
  )
}
