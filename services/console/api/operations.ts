import { applications } from '../figures/applications.ts'
import { deadLetters } from '../figures/dead-letters.ts'
import type { Endpoint } from '../figures/endpoint.ts'
import { funnel } from '../figures/funnel.ts'
import { funnelDays } from '../figures/funnel-days.ts'
import { choices, health } from '../figures/health.ts'
import { jobs } from '../figures/jobs.ts'
import { discardDeadLetters, redriveDeadLetters } from '../figures/resolve-dead-letters.ts'
import { scoreDistribution, scoreTypes } from '../figures/scores.ts'
import { scoresOverTime } from '../figures/scores-over-time.ts'
import { session } from '../figures/session.ts'
import { sql } from '../figures/sql.ts'
import { steps } from '../figures/steps.ts'
import { timeline } from '../figures/timeline.ts'

/** Every operation that answers with JSON; the route of `timeline` stands for itself. */
export const OPERATIONS: readonly Endpoint[] = [
  ...[funnel, funnelDays, steps, choices, jobs],
  ...[scoreTypes, scoreDistribution, scoresOverTime],
  ...[applications, timeline],
  ...[session, health, deadLetters, redriveDeadLetters, discardDeadLetters, sql],
]
