/** Named people, proved by a secret of their own. */
import { hashSecret, provesSecret } from '../../platform/process/secret-hash.ts'
import type { User } from './user.ts'
import type { UserEntry } from './users-file.ts'

export interface Users {
  /** Null when name and secret do not belong together; busy when too many wait for an answer. */
  readonly bySecret: (name: string, secret: string) => Promise<User | null | 'busy'>
}

const WAITING_MAX = 8

/** @param entryOf as the file names people by then */
export async function createUsers(entryOf: (name: string) => UserEntry | undefined): Promise<Users> {
  // Compared with where there is no such name, so that the time taken does not tell.
  const nobody = await hashSecret('')
  // One after the other: each takes 32 MiB and a processor, and whoever guesses may not have all of both.
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return {
    async bySecret(name, secret) {
      if (waiting >= WAITING_MAX) return 'busy'
      const entry = entryOf(name)
      waiting++
      const proved = last.then(() => provesSecret(secret, entry?.hash ?? nobody)).finally(() => waiting--)
      last = proved.catch(() => undefined)
      const isProved = await proved
      // The file may have changed since: whoever was taken out of it, or has another secret, proves nothing by this one.
      const now = entryOf(name)
      return isProved && now?.hash !== undefined && now.hash === entry?.hash ? userOf(now, 'secret') : null
    },
  }
}

export const userOf = ({ name, role, tenants }: UserEntry, by: User['by']): User => ({
  ...{ name, role, by },
  tenants: tenants ?? null,
})
