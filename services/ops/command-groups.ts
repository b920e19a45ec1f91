import { acls } from './acls/acls.ts'
import { audit } from './audit/audit.ts'
import { bindings } from './bindings/bindings.ts'
import { blobs } from './blobs/blobs.ts'
import type { CommandGroup } from './cli/command-group.ts'
import { companies } from './companies/companies.ts'
import { completion } from './completion/completion.ts'
import { deadLetters } from './dead-letters/dead-letters.ts'
import { deleteCandidate } from './delete-candidate.ts'
import { doctor } from './doctor/doctor.ts'
import { erasure } from './erasure/erasure.ts'
import { invitations } from './invitations/invitations.ts'
import { plan } from './plan/plan.ts'
import { replay } from './replay.ts'
import { sql } from './sql/sql.ts'
import { tail } from './tail/tail.ts'
import { topics } from './topics/topics.ts'
import { trace } from './trace/trace.ts'
import { users } from './users/users.ts'
import { webhooks } from './webhooks/webhooks.ts'

/** In the order in which `--help` shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  doctor,
  plan,
  topics,
  acls,
  trace,
  deadLetters,
  invitations,
  bindings,
  companies,
  tail,
  replay,
  sql,
  blobs,
  deleteCandidate,
  erasure,
  webhooks,
  users,
  audit,
  completion,
]
