import { bindings } from './bindings.ts'
import { blobs } from './blobs.ts'
import type { CommandGroup } from './command-group.ts'
import { deadLetters } from './dead-letters.ts'
import { deleteCandidate } from './delete-candidate.ts'
import { doctor } from './doctor.ts'
import { invitations } from './invitations.ts'
import { replay } from './replay.ts'
import { sql } from './sql.ts'
import { tail } from './tail.ts'
import { topics } from './topics.ts'
import { trace } from './trace.ts'
import { webhooks } from './webhooks.ts'

/** In the order in which `--help` shows them. */
export const COMMAND_GROUPS: readonly CommandGroup[] = [
  doctor,
  topics,
  trace,
  deadLetters,
  invitations,
  bindings,
  tail,
  replay,
  sql,
  blobs,
  deleteCandidate,
  webhooks,
]
