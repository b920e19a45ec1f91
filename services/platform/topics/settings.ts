/** What of `infra/topics.yaml` an installation may say itself. */
import { z } from 'zod'

const days = () => z.coerce.number().int().min(1).optional()

export const TopicSettings = {
  SCORE_RETENTION_DAYS: days().describe(
    'how long pulsifi.score.v1 holds a score; unset: as infra/topics.yaml says',
  ),
  STATUS_RETENTION_DAYS: days().describe(
    'how long pulsifi.status.v1 holds a change of an application; unset: as infra/topics.yaml says',
  ),
}
export type TopicSetting = keyof typeof TopicSettings
