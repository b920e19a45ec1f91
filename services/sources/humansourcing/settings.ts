import { z } from 'zod'

/** A list, or its items separated by commas as in the environment. */
const codes = z.union([
  z.array(z.string()),
  z.string().transform(text =>
    text
      .split(',')
      .map(code => code.trim())
      .filter(code => code !== ''),
  ),
])

/**
 * Which actions mean what. Each is known by its code, which is the customer's, or by its default type, the system's.
 * Compiled, since mappings read it for each event.
 */
export const Settings = z.compile(
  z.strictObject({
    /** A person applies; the acknowledgement that the system sends by itself shows it too. */
    application_codes: codes.default(['CAND', '4', 'AR_a', '93']),
    /** Moves nobody on, such as a call or a message; mailings never do. */
    neutral_codes: codes.default(['TEL', 'MAIL', 'EMAIL', 'SMS', 'NOTE']),
    /** The application is over. */
    closing_codes: codes.default(['CLO', '56']),
    /** The person was hired, or refused; the page names no code that means it. */
    hired_codes: codes.default([]),
    rejected_codes: codes.default([]),
  }),
)
export type Settings = z.output<typeof Settings>
