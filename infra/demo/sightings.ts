/** What the topics say of one tenant: the newest record of each application. Whoever reads them feeds it. */
import type { PulsifiInvitation, PulsifiResult, PulsifiScore } from '../../schemas/types.ts'
import { partsOfKey } from '../../services/core/identity.ts'
import { type Outcome, outcomeOf } from './outcome-words.ts'

export interface Sightings {
  readonly invited: (invitation: PulsifiInvitation) => void
  readonly resulted: (result: PulsifiResult) => void
  readonly scored: (score: PulsifiScore) => void
  readonly deadLettered: (id: string, code: string) => void
  readonly outcome: (applicationKey: string) => Outcome
  readonly result: (applicationKey: string) => PulsifiResult | undefined
  readonly applicationKeys: () => readonly string[]
  readonly counts: () => Counts
}

export interface Counts {
  readonly scores: number
  /** Candidates at Pulsifi that the ledger knows. */
  readonly candidates: number
  /** Codes of the tenant's dead letters. */
  readonly deadLetters: readonly string[]
}

export function createSightings(tenant: string): Sightings {
  const invitations = new Map<string, PulsifiInvitation>()
  const results = new Map<string, PulsifiResult>()
  const scores = new Map<string, string>()
  const deadLetters = new Map<string, string>()
  const isOurs = (key: string) => partsOfKey(key).tenant === tenant
  /** A result is shown once its scores have been read too: they come from another topic, perhaps a moment later. */
  const withAllScores = (result: PulsifiResult | undefined): PulsifiResult | undefined => {
    if (result === undefined) return undefined
    const read = [...scores.values()].filter(key => key === result.application_key).length
    const isComplete = read >= result.scores.length + result.additional_scores.length
    return isComplete ? result : { ...result, status: 'started' }
  }
  return {
    invited: record =>
      void (isOurs(record.application_key) && invitations.set(record.application_key, record)),
    resulted: record => void (isOurs(record.application_key) && results.set(record.application_key, record)),
    scored: record =>
      void (isOurs(record.application_key) && scores.set(record.event_id, record.application_key)),
    deadLettered: (id, code) => void deadLetters.set(id, code),
    outcome: key => outcomeOf(invitations.get(key), withAllScores(results.get(key))),
    result: key => results.get(key),
    applicationKeys: () => [...invitations.keys()],
    counts: () => ({
      scores: scores.size,
      candidates: new Set(
        [...invitations.values()].flatMap(({ pulsifi_candidate_id: id }) => (id === null ? [] : [id])),
      ).size,
      deadLetters: [...deadLetters.values()],
    }),
  }
}
