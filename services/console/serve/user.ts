/** A viewer looks; an operator also decides. */
export const ROLES = ['viewer', 'operator'] as const
export type Role = (typeof ROLES)[number]

export interface User {
  readonly name: string
  readonly role: Role
  /** Whose figures the user may see; null: everybody's. */
  readonly tenants: readonly string[] | null
  /** What proved it: that the name means somebody is true of the last two alone. */
  readonly by: 'machine' | 'token' | 'secret' | 'oidc'
}
