/** Whose story an input of the sink belongs to: that of a candidate, or of a job. */
import { PULSIFI_INBOX } from '../core/topics.ts'
import type { InputRecord, State } from '../platform/partitions/processor.ts'
import { intentOf } from '../platform/tracing/trace-context.ts'
import type { Stories, Story } from '../platform/tracing/tracing.ts'
import type { Effect, Internal } from './decide/effects.ts'
import { bindingOf, candidateOf, invitationOf, jobOf } from './ledger/state.ts'

export const STORIES: Stories<Internal, Effect> = {
  storyOf: (input, state) =>
    input.type === 'record' ? storyOfRecord(input, state) : storyOfInternal(input.input, state),
  nameOf: input => input.type,
  intentOf(effect) {
    if (effect.type === 'invite')
      return { operation: 'createCandidate', entityKey: effect.applicationKey, attempt: effect.attempt }
    if (effect.type === 'create-job')
      return { operation: 'createJob', entityKey: effect.jobKey, attempt: effect.attempt }
    return null
  },
}

/** A message to an owner may come from a callback, days after the call: it tells of another story until then. */
function storyOfRecord({ topic, key: bytes }: InputRecord, state: State): Story {
  const key = bytes?.toString() ?? ''
  const known = topic === PULSIFI_INBOX ? storyOfEntity(key, state) : null
  return known ?? { key, continues: true }
}

/** Null where the entity is owned elsewhere, or is none. */
function storyOfEntity(key: string, state: State): Story | null {
  const application = storyOfApplication(key, state)
  if (application !== null) return application
  if (jobOf(state, key) !== undefined) return storyOfJob(key, state)
  return candidateOf(state, key) === undefined ? null : { key, continues: false }
}

function storyOfInternal(input: Internal, state: State): Story | null {
  if ('applicationKey' in input) return storyOfApplication(input.applicationKey, state)
  if ('jobKey' in input) return storyOfJob(input.jobKey, state)
  return 'candidateKey' in input ? { key: input.candidateKey, continues: false } : null
}

function storyOfApplication(applicationKey: string, state: State): Story | null {
  const known = invitationOf(state, applicationKey)
  if (known === undefined) return null
  const { candidate_key: key, attempt } = known
  return { key, continues: false, cause: attempt > 0 ? intentOf(key, applicationKey, attempt) : null }
}

function storyOfJob(key: string, state: State): Story {
  const attempt = bindingOf(state, key)?.attempt ?? 0
  return { key, continues: false, cause: attempt > 0 ? intentOf(key, key, attempt) : null }
}
