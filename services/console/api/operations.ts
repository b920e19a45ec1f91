import { report } from '../figures/application/report.ts'
import { resolveApplication } from '../figures/application/resolve.ts'
import { timeline } from '../figures/application/timeline.ts'
import { applications } from '../figures/applications.ts'
import type { Endpoint } from '../figures/endpoint.ts'
import { funnel } from '../figures/funnel.ts'
import { funnelDays } from '../figures/funnel-days.ts'
import { choices, health } from '../figures/health.ts'
import { jobs } from '../figures/jobs.ts'
import { deadLetters } from '../figures/letters/dead-letters.ts'
import { deadLetter } from '../figures/letters/letter.ts'
import { discardDeadLetters, redriveDeadLetters } from '../figures/letters/resolve-dead-letters.ts'
import { scoreDistribution, scoreTypes } from '../figures/scores.ts'
import { scoresOverTime } from '../figures/scores-over-time.ts'
import { session } from '../figures/session.ts'
import { sql } from '../figures/sql.ts'
import { steps } from '../figures/steps.ts'

/** Every operation that answers with JSON; the route of `timeline` stands for itself. */
export const OPERATIONS: readonly Endpoint[] = [
  ...[funnel, funnelDays, steps, choices, jobs],
  ...[scoreTypes, scoreDistribution, scoresOverTime],
  ...[applications, timeline, report, resolveApplication],
  ...[session, health, deadLetters, deadLetter, redriveDeadLetters, discardDeadLetters, sql],
]
