import { reject } from '../../core/outcome.ts'
import { mapping, type Source, UNROUTABLE } from '../source.ts'
import { toCandidate } from './map-candidate.ts'
import { toJob } from './map-job.ts'
import { CandidateDeletion, CandidateEvent, JobDeletion, JobEvent } from './payload.ts'
import { Settings } from './settings.ts'
import { split } from './split.ts'
import { trigger } from './trigger.ts'

/**
 * Human Sourcing, https://doc-api-core.humansourcing.com/content/webhook.html
 *
 * Pushes jobs and candidates, both as whole snapshots, and deletions by id alone. Two URLs on their side, one handler
 * on ours: an element says itself what it is. No authentication, retry, order or delivery id is documented. Bodies
 * contain the extracted text of every file, hence their size; it is kept apart. A candidate has a person id; an application has none
 * of its own and is the candidate and the job (`poste`) together.
 */
export default {
  name: 'humansourcing',
  bodyBytesMax: 10 * 1024 * 1024,
  settings: Settings,
  /** `latest_action` may lie in the future, and goes back when an action is removed. */
  clocks: { candidate: 'activity' },
  split,
  kinds: {
    'job.creation': mapping(JobEvent, toJob('created')),
    'job.update': mapping(JobEvent, toJob('updated')),
    'job.delete': mapping(JobDeletion, ({ data }) => ({
      type: 'deletion',
      of: 'job',
      externalId: data.job_id,
      clockMs: null,
    })),
    'candidate.creation': mapping(CandidateEvent, toCandidate('created')),
    'candidate.update': mapping(CandidateEvent, toCandidate('updated')),
    'candidate.delete': mapping(CandidateDeletion, ({ data }) => ({
      type: 'deletion',
      of: 'candidate',
      externalId: data.id,
      clockMs: null,
    })),
    [UNROUTABLE]: () => reject('NOT_ROUTABLE', 'an element of the delivery names no job and no candidate'),
  },
  canary: id =>
    JSON.stringify([
      { event: 'creation', type: 'candidate', data: { id, first_name: 'Canary', action: [] } },
    ]),
  trigger,
} satisfies Source
