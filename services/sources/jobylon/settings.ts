import { z } from 'zod'
import { companies } from '../../core/companies.ts'

/** A list, or its items separated by commas as in the environment. */
const words = z.union([
  z.array(z.union([z.string(), z.int()]).transform(String)),
  z.string().transform(text =>
    text
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== ''),
  ),
])

/** Compiled, since mappings read it for each event. */
export const Settings = z.compile(
  z.strictObject({
    /** Keys of `candidate.data` that may be copied. None by default: the vendor's own example holds an IBAN. */
    data_keys: words.default([]),
    /** Status groups whose candidates are invited: by default all but the rejected, as sending one is the request. */
    invite_groups: z
      .union([z.literal(['all', 'not-rejected']), words.pipe(z.array(z.string().regex(/^\d+$/)).min(1))])
      .default('not-rejected'),
    /** One address of ours serves all companies that sign up: what is whose. */
    companies,
  }),
)
