/** The status of people who have applied, and whom nobody has moved on yet. */

/** Its id, which only the system gives. */
export const APPLICANTS = '11'

/** The label says the same where the id is not sent. */
const LABEL = /^applicants?$/i

export const isApplicantsLabel = (label: string | null): boolean => LABEL.test(label ?? '')
