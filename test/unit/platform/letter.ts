import type { DeadLetter } from '../../../services/platform/dead-letters/view.ts'

export const letterOf = (known: Partial<DeadLetter> = {}): DeadLetter => ({
  id: 'normalizer.dead-letter/2/7',
  process: 'normalizer',
  partition: 2,
  failedAtMs: 0,
  code: 'PAYLOAD_INVALID',
  message: 'data.id: invalid_type',
  stage: 'normalize',
  deliveries: 1,
  key: 'jobylon:default:1',
  source: 'jobylon',
  tenant: 'default',
  kind: 'candidate/new',
  eventId: 'event',
  from: 'ats.raw.jobylon/2/3',
  fromTopic: 'ats.raw.jobylon',
  bytes: 2,
  ...known,
})
