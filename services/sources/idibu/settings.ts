import { z } from 'zod'

const idList = z.string().transform(ids =>
  ids
    .split(',')
    .map(id => id.trim())
    .filter(id => id !== ''),
)

/**
 * Values as JSON, or as text from the environment. What it gives, it also accepts. Compiled, since mappings read it for
 * each event.
 */
export const Settings = z.compile(
  z.strictObject({
    /** Whether vacancies become jobs. Off for accounts whose jobs are bound by hand. */
    vacancy_events: z.union([z.boolean(), z.stringbool()]).default(true),
    /** Status ids of people who applied and whom nobody has moved on yet; 11 is "Applicants" in every account. */
    invite_status_ids: z.union([z.array(z.string()), idList]).default(['11']),
    /** What becomes of people first seen in an update, when nothing shows that they applied lately. */
    first_sight: z.enum(['wait', 'invite', 'skip']).default('wait'),
    /** The source whose jobs the ids of vacancies name, for accounts whose vacancies another system pushes. */
    job_source: z
      .string()
      .regex(/^[a-z0-9-]+$/)
      .default('idibu'),
  }),
)
