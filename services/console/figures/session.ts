import { z } from 'zod'
import { ROLES } from '../serve/user.ts'
import { endpoint, NO_QUERY } from './endpoint.ts'

export const session = endpoint({
  method: 'get',
  path: '/api/session',
  name: 'getSession',
  tag: 'session',
  summary: 'Who asks, and what they may do',
  description: 'POST /logout ends a session that was opened at /login.',
  query: NO_QUERY,
  response: z.object({
    name: z.string(),
    role: z.enum(ROLES).describe('a viewer looks; an operator also decides'),
    tenants: z.array(z.string()).nullable().describe('whose figures are shown; null: all'),
    can_sign_out: z.boolean(),
  }),
  lasts: 'never',
  answer: async (_, { user: { name, role, tenants, by } }) => ({
    ...{ name, role },
    tenants: tenants === null ? null : [...tenants],
    can_sign_out: by !== 'machine',
  }),
})
