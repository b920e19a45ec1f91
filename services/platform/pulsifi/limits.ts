/**
 * One constant for each limit of Pulsifi's Platform API Integration Guideline v4.1.0, named after the row it comes
 * from. Maxima are measured in UTF-16 units and minima in Unicode code points: the stricter reading of "characters"
 * both times.
 */
import {
  PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX,
  PULSIFI_JOB_EXTERNAL_ID_LENGTH_MAX,
} from '../../core/identity.ts'

/** "Create Job": `external_id`, max length 45. */
export const JOB_EXTERNAL_ID_LENGTH_MAX = PULSIFI_JOB_EXTERNAL_ID_LENGTH_MAX
/** "Create Candidate Invitation": `ext_reference_id`, max length 50. */
export const CANDIDATE_EXT_REFERENCE_ID_LENGTH_MAX = PULSIFI_EXT_REFERENCE_ID_LENGTH_MAX

/** "Create Job": `title`, max length 255. */
export const JOB_TITLE_LENGTH_MAX = 255
/** "Create Job": `description`, min length 300. No maximum is stated. */
export const JOB_DESCRIPTION_LENGTH_MIN = 300
/** "Create Job": `skills`, max items 10. */
export const JOB_SKILLS_COUNT_MAX = 10
/** "Create Job" states no length of a skill: we use "Create Candidate Invitation", `skills[].name`, max length 255. */
export const JOB_SKILL_LENGTH_MAX = 255

/** "Create Candidate Invitation": `job_id`, max length 36. */
export const CANDIDATE_JOB_ID_LENGTH_MAX = 36
/** "Create Candidate Invitation": `email`, max length 255. */
export const CANDIDATE_EMAIL_LENGTH_MAX = 255
/** "Create Candidate Invitation": `first_name`, max length 255. */
export const CANDIDATE_FIRST_NAME_LENGTH_MAX = 255
/** "Create Candidate Invitation": `last_name`, max length 255. */
export const CANDIDATE_LAST_NAME_LENGTH_MAX = 255
/** "Create Candidate Invitation": `skills`, max items 15. */
export const CANDIDATE_SKILLS_COUNT_MAX = 15
/** "Create Candidate Invitation": `skills[].name`, max length 255. */
export const CANDIDATE_SKILL_NAME_LENGTH_MAX = 255
/** "Create Candidate Invitation": `work_experiences`, max items 10. */
export const WORK_EXPERIENCES_COUNT_MAX = 10
/** "Create Candidate Invitation": `work_experiences[].role`, max length 255. */
export const WORK_EXPERIENCE_ROLE_LENGTH_MAX = 255
/** "Create Candidate Invitation": `work_experiences[].organization`, max length 255. */
export const WORK_EXPERIENCE_ORGANIZATION_LENGTH_MAX = 255
/** "Create Candidate Invitation": `work_experiences[].responsibility_achievement`, max length 1000. */
export const WORK_EXPERIENCE_RESPONSIBILITY_LENGTH_MAX = 1000
/** "Create Candidate Invitation": `work_experiences[].start_date` and `end_date`, `YYYY-MM-DD`, max length 10. */
export const WORK_EXPERIENCE_DATE_LENGTH_MAX = 10
/** "Create Candidate Invitation": `deadline`, within 3 months from the current date. */
export const CANDIDATE_DEADLINE_MONTHS_MAX = 3

/** "Create Webhook": `name`, max length 255. */
export const WEBHOOK_NAME_LENGTH_MAX = 255
/** "Create Webhook": `url`, max length 2048. */
export const WEBHOOK_URL_LENGTH_MAX = 2048
/** "Create Webhook": `secret`, max length 255. */
export const WEBHOOK_SECRET_LENGTH_MAX = 255

/** "Get Candidate Result": `report_pdf_link` is valid for up to 3 months. */
export const REPORT_PDF_LINK_MONTHS_MAX = 3
