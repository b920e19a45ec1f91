import { skip } from '../../core/outcome.ts'
import { type Kind, mapping, type Source } from '../source.ts'
import { toCandidate } from './map-candidate.ts'
import { toJob } from './map-vacancy.ts'
import { CandidateEvent, VacancyEvent } from './payload.ts'
import { Settings } from './settings.ts'
import { HOOK_HEADERS, split } from './split.ts'
import { trigger } from './trigger.ts'

/**
 * idibu v3, https://docs.idibu.com/docs/v3/webhooks/candidate
 *
 * Pushes candidates as whole snapshots, with a reference to each vacancy they applied for; vacancies come by a webhook
 * of their own, for accounts that have it. Wants an answer within 5 seconds, sends up to 19 times in 48 hours with a
 * delivery id, and turns a webhook off that keeps failing. Never deletes. A candidate has a person id; an application
 * has none of its own and is the candidate and the vacancy together.
 */
export default {
  name: 'idibu',
  bodyBytesMax: 2 * 1024 * 1024,
  settings: Settings,
  /** Up to 19 times in 48 hours. */
  repeatsWithinMs: 48 * 3_600_000,
  splitHeaders: HOOK_HEADERS,
  split,
  kinds: {
    'candidate.create': mapping(CandidateEvent, toCandidate('created')),
    'candidate.update': mapping(CandidateEvent, toCandidate('updated')),
    'vacancy.create': whenWanted(mapping(VacancyEvent, toJob('created'))),
    'vacancy.update': whenWanted(mapping(VacancyEvent, toJob('updated'))),
  },
  canary: id =>
    JSON.stringify({
      'payload-information': { webhook_event: 'candidate.create' },
      payload: { id, firstname: 'Canary', vacancies: [{ id, title: 'Canary' }] },
    }),
  trigger,
} satisfies Source

function whenWanted(map: Kind): Kind {
  return (body, context) =>
    Settings.parse(context.settings).vacancy_events ? map(body, context) : skip('KIND_NOT_CONSUMED')
}
