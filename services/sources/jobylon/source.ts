import { isOfUnknownCompany } from '../../core/companies.ts'
import { andThen } from '../../core/outcome.ts'
import { parseBody } from '../parse-body.ts'
import { mapping, type Source } from '../source.ts'
import { toCandidate } from './map-candidate.ts'
import { toCompany } from './map-company.ts'
import { toJob } from './map-job.ts'
import { CandidateEvent, CompanyJob, Envelope, JobEvent, SignupEvent } from './payload.ts'
import { isWordForRejected, REJECTED } from './rejected.ts'
import { Settings } from './settings.ts'
import { eventsOf } from './split.ts'

const jobCreated = mapping(JobEvent, ({ data }, context) => toJob(data, 'created', context))
const jobUpdated = mapping(JobEvent, ({ data }, context) => toJob(data, 'updated', context))
/** A job that came along with a candidate was there before: its own event may have been lost, or be yet to come. */
const jobOfCandidate = mapping(CompanyJob, (data, context) => ({
  ...toJob(data, 'updated', context),
  isAside: true,
}))
const candidateSent = mapping(CandidateEvent, ({ data }, context) => toCandidate(data, context))

const companySignedUp = mapping(SignupEvent, ({ data }) => toCompany(data))

/**
 * Jobylon, Partner API webhooks. Bearer token; any 2XX is success, everything else is tried 3 more times after 10,
 * 100 and 1000 seconds and then lost ("4XX – 6XX" in the vendor's table of answers is read as 4XX and 5XX, J8).
 * No delivery id, no clock, no deletes. `candidate/new` means that the company sends a candidate to the partner, and
 * carries the whole job.
 */
export default {
  name: 'jobylon',
  bodyBytesMax: 2 * 1024 * 1024,
  settings: Settings,
  /** 10, 100 and 1000 s after one another, and what the calls themselves take. */
  repeatsWithinMs: 1_200_000,
  split: request => andThen(parseBody(request, Envelope), ({ value, text }) => eventsOf(value, text)),
  /**
   * `create` is what a sibling page of the vendor calls `new`; the other forms guard against the action that the
   * page lost. Words that would end something are left out: what they end is for a person to say.
   */
  kinds: {
    'company/signup': companySignedUp,
    'job/new': jobCreated,
    'job/create': jobCreated,
    'job/created': jobCreated,
    'job/update': jobUpdated,
    'job/updated': jobUpdated,
    'candidate/new': candidateSent,
    'candidate/new#job': jobOfCandidate,
    'candidate/create': candidateSent,
    'candidate/create#job': jobOfCandidate,
    'candidate/created': candidateSent,
    'candidate/created#job': jobOfCandidate,
  },
  /** Without a job, which would be a second event, and without a company, whose tenant it would be. */
  canary: id =>
    JSON.stringify({
      event_type: 'candidate',
      action: 'new',
      data: { candidate: { id, first_name: 'Canary', status: { id: 1, name: 'New', group: 0 } } },
    }),
  /**
   * Being sent is the request, even of somebody who is hired, as in the vendor's own sample; but nobody
   * assesses somebody whom the company has rejected, nor for a company of which nobody knows whose customer it is.
   */
  trigger: (application, { settings, candidate }) => {
    const groups = Settings.parse(settings).invite_groups
    // Where only the name of a status is sent, it may say as much.
    const isNamedRejected =
      application.status_group_raw === null && isWordForRejected(application.status_label)
    const group = isNamedRejected ? REJECTED : (application.status_group_raw ?? '')
    const isInvited =
      groups === 'all' || (groups === 'not-rejected' ? group !== REJECTED : groups.includes(group))
    if (!isInvited) return 'NOT_APPLICANT_STATUS'
    const isUnknown = isOfUnknownCompany(settings, application.company_id, candidate.provenance.tenant_id)
    return isUnknown ? 'COMPANY_UNKNOWN' : 'invite-although-closed'
  },
} satisfies Source
