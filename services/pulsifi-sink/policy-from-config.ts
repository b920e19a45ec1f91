import { readFileSync } from 'node:fs'
import { DAY_MS } from '../core/reading/dates.ts'
import { PULSIFI_TIMEOUTS } from '../platform/pulsifi/pulsifi-client.ts'
import type { SinkConfig } from './config.ts'
import type { SinkPorts } from './decide/decider.ts'
import type { SinkPolicy } from './decide/policy.ts'
import { fitCandidate } from './fit/candidate.ts'
import { type Lexicon, parseLexicon } from './fit/skill-lexicon.ts'

/** From the decision to the start of its call there is one commit; it has this long. */
const COMMIT_ALLOWANCE_MS = 5_000

/** Reads the lexicon of skills from disk: once, at boot. */
export const policyOf = (config: SinkConfig): SinkPolicy => ({
  inviteSinceMs: config.INVITE_SINCE === undefined ? 0 : Date.parse(config.INVITE_SINCE),
  appliedWithinMs: config.INVITE_APPLIED_WITHIN_DAYS * DAY_MS,
  inviteOnClosed: config.INVITE_ON_CLOSED,
  inviteOncePer: config.INVITE_ONCE_PER,
  jobWaitsMs: config.JOB_WAIT_SECONDS,
  jobWaitMaxMs: config.JOB_WAIT_MAX_DAYS * DAY_MS,
  ambiguousJobRetries: config.PULSIFI_AMBIGUOUS_JOB_RETRIES,
  pollWaitsMs: config.RESULT_POLL_SECONDS,
  callDeadlineMs: PULSIFI_TIMEOUTS.totalMs + COMMIT_ALLOWANCE_MS,
  answerGraceMs: config.CALL_GRACE_SECONDS,
  retryHorizonMs: DAY_MS,
  retry503: config.PULSIFI_RETRY_503,
  jobFit: {
    lexicon: loadLexicon(),
    descriptionMax: config.PULSIFI_DESCRIPTION_MAX ?? null,
    allowEmptySkills: config.PULSIFI_ALLOW_EMPTY_SKILLS,
  },
})

export const candidateFit =
  (config: SinkConfig): SinkPorts['fitCandidate'] =>
  ({ candidate, application, binding }, pulsifiJobId, nowMs) =>
    fitCandidate(candidate, application, pulsifiJobId, {
      anonymous: config.INVITE_ANONYMOUSLY,
      onMissingIdentity: config.ON_MISSING_IDENTITY,
      inviteDeadlineDays: config.INVITE_DEADLINE_DAYS ?? null,
      jobLastDay: binding?.valid_through ?? null,
      nowMs,
      responsibilityFieldName: config.PULSIFI_RESPONSIBILITY_FIELD,
    })

/** Reads the bundled lexicon. Once, at the start: it takes some milliseconds. */
export const loadLexicon = (): Lexicon =>
  parseLexicon(readFileSync(new URL('./lexicon/skills.tsv', import.meta.url), 'utf8'))
