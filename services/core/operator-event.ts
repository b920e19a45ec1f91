/**
 * Events that an operator writes onto a raw topic, where a source has no word for what must happen: most never say that
 * a person is to be deleted. `atsflow-auth` tells them from what came in: ingress names its own ways there.
 */
import { HEADER } from './topics.ts'

export const OPERATOR_AUTH = 'operator'
export const CANDIDATE_DELETION = 'operator.candidate.delete'

/** What the record of a deletion says. */
export interface CandidateDeletion {
  readonly external_id: string
}

export const isFromOperator = (header: (name: string) => string | undefined): boolean =>
  header(HEADER.auth) === OPERATOR_AUTH

/** The text of the record; the source knows the person under this id. */
export const candidateDeletion = (externalId: string): string =>
  JSON.stringify({ external_id: externalId } satisfies CandidateDeletion)
