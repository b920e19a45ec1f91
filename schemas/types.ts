// GENERATED from the .avsc files beside it by `npm run generate`. Do not edit.

// Dates are days since 1970-01-01 (Avro `date`), times are milliseconds since then (`timestamp-millis`).

/** Somebody has looked at what is about single people at the console, or has decided something there or by command. Who, from where, what and about whom; never a value that was seen. It is written before the answer is given, or the command carried out. */
export interface AuditEntry {
  /** Kafka key: a random UUID. */
  readonly audit_id: string
  /** When it was asked for, ms UTC. */
  readonly occurred_at: number
  /** A look at data about single people, or a decision. */
  readonly kind: AuditKind
  /** Name of the operation, as the console's API describes it: getTimeline, redriveDeadLetters, export_scores_csv; or as the command line does: ops dead-letters redrive. */
  readonly action: string
  /** What it was about, each an application_key, the place of a dead letter as topic/partition/offset, or the key that a command names; empty when it was a list, a query or an export, of whatever they found. */
  readonly subjects: readonly string[]
  /** Name of the user; CONSOLE_TOKEN for whoever presented that, 'this machine' where nobody had to prove anything. Of a command OPS_USER, else the user of the operating system. [personal] */
  readonly actor: string
  /** What proved the actor: machine, token, secret or oidc; of a command os, or said where the command only named somebody. */
  readonly proved_by: string
  /** Address that it came from, as far as trusted proxies say; of a command user@host. [personal] */
  readonly address: string
}

/** What sort of act it was. */
export type AuditKind = 'UNKNOWN' | 'LOOK' | 'DECISION'

/** A made-up delivery of our own has come from the public address of ingress to where its canonical record would have been published. It speaks of nobody, and is on no other topic but the raw one. */
export interface Canary {
  /** Kafka key: <source>:<tenant_id>. */
  readonly canary_key: string
  /** Name of the source that it was posted as, such as jobylon. */
  readonly source: string
  /** Connection that it came over: the tenant in the webhook's path. */
  readonly tenant_id: string
  /** ce_id of the raw record. */
  readonly event_id: string
  /** When the instance of ingress that made it posted it, ms UTC. */
  readonly posted_at: number
  /** When the instance of ingress that the public address led to had it, ms UTC. */
  readonly received_at: number
  /** How many bytes its canonical record has, which is made and encoded like any other, and published nowhere. */
  readonly canonical_bytes: number
  /** Version and commit of the normalizer that mapped it. */
  readonly normalizer_version: string
}

/** One person as one source knows them, with all their applications. A record is the whole current state of its key and replaces the one before. */
export interface Candidate {
  /** Kafka key: <source>:<tenant_id>:<external_id>. */
  readonly candidate_key: string
  /** Id of the candidate at the source, as text; an application id where identity_basis says so. */
  readonly external_id: string
  /** Further ids at the source by their names, such as internal_id or id_company. Never used as identity. */
  readonly alternate_ids: Readonly<Record<string, string>>
  /** PERSON_ID: the source knows persons. APPLICATION_ID: it knows only applications, so one person may have several candidate keys; person_key joins them. */
  readonly identity_basis: IdentityBasis
  /** Pseudonym that joins one person over sources of a tenant: hex HMAC-SHA256 of tenant and lower-cased e-mail. Null without a valid e-mail. */
  readonly person_key: null | string
  /** Given name. Null when not sent or deleted. [personal] */
  readonly first_name: null | string
  /** Family name. Null when not sent or deleted. [personal] */
  readonly last_name: null | string
  /** M, F or D, read from civility_raw; null when it says neither. [personal] */
  readonly civility: null | string
  /** Form of address as sent. Null when not sent. [personal] */
  readonly civility_raw: null | string
  /** E-mail address as sent, trimmed; not necessarily valid. Null when not sent or deleted. [personal] */
  readonly email: null | string
  /** Other e-mail addresses of the candidate, trimmed, in the order of the source. Nobody is invited under them. [personal] */
  readonly further_emails: readonly string[]
  /** Telephone numbers in the order of the source. [personal] */
  readonly phone_numbers: readonly PhoneNumber[]
  /** Where the candidate lives or wants to work. Null when not sent. [personal] */
  readonly location: null | Location
  /** Last job title. Null when not sent. [personal] */
  readonly headline: null | string
  /** Notes of the recruiter (idibu background_info). Never sent to Pulsifi. Null when not sent. [personal] */
  readonly recruiter_notes: null | string
  /** True when the candidate wants no messages: nobody is invited then. Null when the source does not say. */
  readonly communications_opt_out: null | boolean
  /** Labels that the recruiter attached. [personal] */
  readonly tags: readonly string[]
  /** Where the candidate came from, such as a job board (idibu source, CleverConnect origin). Null when not sent. */
  readonly source_channel: null | string
  /** Recruiter in charge. Null when not sent. [personal] */
  readonly owner: null | Contact
  /** When the candidate was created at the source, ms UTC. Null when the source does not say. */
  readonly created_at: null | number
  /** Skills that the source states, in its order. */
  readonly skills: readonly CandidateSkill[]
  /** Positions held, in the order of the source. [personal] */
  readonly work_experiences: readonly WorkExperience[]
  /** What the candidate has learned where, in the order of the source. [personal] */
  readonly educations: readonly Education[]
  /** Languages that the source states, in its order. */
  readonly languages: readonly SpokenLanguage[]
  /** Pages that the candidate shows, in the order of the source. [personal] */
  readonly links: readonly Link[]
  /** First day on which the candidate can start, days since 1970-01-01. Null when not sent. */
  readonly available_from: null | number
  /** When and how the candidate can start, in the words of the source, such as a notice period. Null when not sent. */
  readonly availability: null | string
  /** When the candidate agreed that the data is kept, ms UTC. Null when the source does not say. */
  readonly consented_at: null | number
  /** Files about the person that the source does not tie to one application. */
  readonly attachments: readonly Attachment[]
  /** All applications known for this key. Empty once deleted. */
  readonly applications: readonly Application[]
  /** Other fields of the source by name; each value is JSON text, so that types survive. [personal] */
  readonly custom_fields: Readonly<Record<string, string>>
  /** DELETED: the source deleted the candidate, and this record holds no personal data. It is followed by a tombstone. */
  readonly lifecycle: Lifecycle
  /** Receipt of the deletion, ms UTC. Null unless lifecycle is DELETED. */
  readonly deleted_at: null | number
  /** The event that made this version. */
  readonly provenance: Provenance
}

/** What the external id of a candidate identifies. */
export type IdentityBasis = 'UNKNOWN' | 'PERSON_ID' | 'APPLICATION_ID'

/** A telephone number of the candidate. */
export interface PhoneNumber {
  /** Number as sent. [personal] */
  readonly raw: string
  /** Number in E.164 form, such as +33123456789. Null when raw cannot be read without guessing the country. [personal] */
  readonly e164: null | string
  /** mobile or landline. Null when the source does not say. */
  readonly type: null | string
}

/** A place as the source described it; every part that was not sent is null. */
export interface Location {
  /** Place as free text. Null when not sent. */
  readonly raw: null | string
  /** Street and house number. Null when not sent. */
  readonly street: null | string
  /** City. Null when not sent. */
  readonly city: null | string
  /** Postal code. Null when not sent. */
  readonly postal_code: null | string
  /** State, province or other first-level area. Null when not sent. */
  readonly region: null | string
  /** Name of the country as sent. Null when not sent. */
  readonly country: null | string
  /** ISO 3166-1 alpha-2 in upper case. Null when not sent or not recognised. */
  readonly country_code: null | string
  /** Degrees north, WGS 84. Null when not sent. */
  readonly latitude: null | number
  /** Degrees east, WGS 84. Null when not sent. */
  readonly longitude: null | number
}

/** A recruiter or another person on the side of the employer. */
export interface Contact {
  /** Id of the contact at the source. Null when not sent. */
  readonly external_id: null | string
  /** Id of the account or office the contact belongs to (idibu created_by.id, Human Sourcing office). Null when not sent. */
  readonly account_id: null | string
  /** What the contact does, such as interlocutor or owner. Null when the source does not say. */
  readonly role: null | string
  /** Given name. Null when not sent. [personal] */
  readonly first_name: null | string
  /** Family name, or the whole name where the source sends one text. Null when not sent. [personal] */
  readonly last_name: null | string
  /** E-mail address as sent. Null when not sent. [personal] */
  readonly email: null | string
}

/** A skill that the source attributes to the candidate. */
export interface CandidateSkill {
  /** Skill as sent. */
  readonly name: string
  /** ESCO concept of the skill. Null when unmapped. */
  readonly uri: null | string
  /** Level in the words of the source. Null when it states none; never inferred. */
  readonly proficiency: null | string
}

/** A position the candidate held. Made only when role, organisation and start date were all readable. */
export interface WorkExperience {
  /** Job title. [personal] */
  readonly role: string
  /** Employer. [personal] */
  readonly organization: string
  /** True while the position lasts. */
  readonly is_current: boolean
  /** Tasks and achievements as free text. Null when not sent. [personal] */
  readonly description: null | string
  /** First day, days since 1970-01-01; of a month or a year, its first. Null when unreadable. */
  readonly start_date: null | number
  /** Last day, days since 1970-01-01; of a month or a year, its last. Null when not sent or current. */
  readonly end_date: null | number
  /** How much of `start_date` the source says. */
  readonly start_precision: DatePrecision
  /** How much of `end_date` the source says. */
  readonly end_precision: DatePrecision
}

/** How exactly the source names a day; the rest was completed. UNKNOWN where there is no day, and in records made before this was told, which hold whole days alone. */
export type DatePrecision = 'UNKNOWN' | 'DAY' | 'MONTH' | 'YEAR'

/** A school, a course or a degree of the candidate. */
export interface Education {
  /** School or university. Null when not sent. [personal] */
  readonly institution: null | string
  /** Degree or level in the words of the source. Null when not sent. [personal] */
  readonly degree: null | string
  /** Subject. Null when not sent. [personal] */
  readonly field_of_study: null | string
  /** What the source says of it beyond that, as free text. Null when not sent. [personal] */
  readonly description: null | string
  /** First day, days since 1970-01-01; of a month or a year, its first. Null when not sent. */
  readonly start_date: null | number
  /** Last day, days since 1970-01-01; of a month or a year, its last. Null when not sent, or while it lasts. */
  readonly end_date: null | number
  /** How much of `start_date` the source says. */
  readonly start_precision: DatePrecision
  /** How much of `end_date` the source says. */
  readonly end_precision: DatePrecision
}

/** A language that the candidate speaks. */
export interface SpokenLanguage {
  /** Language as sent. */
  readonly name: string
  /** Language as BCP 47. Null when the source does not say it so. */
  readonly code: null | string
  /** Level in the words of the source. Null when it states none; never inferred. */
  readonly proficiency: null | string
}

/** A page of the candidate. */
export interface Link {
  /** Address of the page. [personal] */
  readonly url: string
  /** What the page is in the words of the source, such as linkedin or portfolio. Null when it does not say. */
  readonly type: null | string
}

/** A file that belongs to a candidate, an application or an activity: where it is, never its bytes. */
export interface Attachment {
  /** Id of the file at the source. Null when it has none. */
  readonly external_id: null | string
  /** What the file is, as read from kind_raw or from its place in the payload. */
  readonly kind: AttachmentKind
  /** Label of the source, such as cv_doc or resume. Null when not sent. */
  readonly kind_raw: null | string
  /** Name of the file; often holds the name of the person. Null when not sent. [personal] */
  readonly file_name: null | string
  /** MIME type in lower case; of a file that we hold what its bytes show. Where its name or the sender says otherwise, CONTENT_TYPE_MISMATCH is among the warnings. Null when not sent and not recognised. */
  readonly content_type: null | string
  /** Size of the decoded file, bytes. Null unless we hold the file. */
  readonly size_bytes: null | number
  /** Hex SHA-256 of the decoded file. Null unless we hold the file. */
  readonly sha256: null | string
  /** Where our blob store keeps the file. Null unless fetch_status is STORED. */
  readonly blob_uri: null | string
  /** Download link as sent; whoever has it has the file. Null when the source sends none. [secret] */
  readonly source_url: null | string
  /** When source_url stops working, ms UTC. Null when no expiry is known. */
  readonly source_url_expires_at: null | number
  /** Name in the storage of the source that is not a link (Human Sourcing uniqfilename). Null when not sent. */
  readonly storage_ref: null | string
  /** Where our blob store keeps the text that the source extracted. Null when there is none. */
  readonly extracted_text_blob_uri: null | string
  /** Whether we hold the file, and if not, why. */
  readonly fetch_status: FetchStatus
}

/** What a file is, read from the label in kind_raw. */
export type AttachmentKind = 'UNKNOWN' | 'RESUME' | 'COVER_LETTER' | 'IMAGE' | 'NOTE' | 'MESSAGE' | 'FORM_ANSWER' | 'OTHER'

/** What became of the attempt to store the bytes of a file. */
export type FetchStatus = 'UNKNOWN' | 'NOT_ATTEMPTED' | 'STORED' | 'EXPIRED' | 'FAILED' | 'NOT_FETCHABLE' | 'REJECTED'

/** One candidate applying for one job. Its key is what an invitation, a result and a score refer to. */
export interface Application {
  /** Key of the application: <candidate_key>#<job external id> for id_basis CANDIDATE_JOB, else <source>:<tenant_id>:<application id>. */
  readonly application_key: string
  /** Id of the application; the ext_reference_id at Pulsifi is built from it. */
  readonly external_id: string
  /** NATIVE: external_id is of the source. CANDIDATE_JOB: the source has none, it is <candidate id>_<job id>. */
  readonly id_basis: ApplicationIdBasis
  /** Id of the newest application event where the application itself has no id (Human Sourcing CAND action). Null otherwise; not stable. */
  readonly native_application_id: null | string
  /** The job applied for. */
  readonly job: JobRef
  /** How far the application is, read from the status of the source. */
  readonly stage: ApplicationStage
  /** Id of the status at the source. Null when not sent. */
  readonly status_id: null | string
  /** Name of the status at the source. Null when not sent. */
  readonly status_label: null | string
  /** Group of the status at the source (Jobylon group, idibu status type). Null when not sent. */
  readonly status_group_raw: null | string
  /** When the candidate applied, ms UTC. Null when the source does not say (CleverConnect, Jobylon): see provenance.received_at. */
  readonly applied_at: null | number
  /** Newest activity on the application, ms UTC. Null when the source does not say. */
  readonly last_activity_at: null | number
  /** When the candidate was refused, ms UTC. Null when that did not happen, or when the source does not say. */
  readonly rejected_at: null | number
  /** Why, in the words of the source. Null when not sent. [personal] */
  readonly reject_reason: null | string
  /** When the candidate was hired, ms UTC. Null when that did not happen, or when the source does not say. */
  readonly hired_at: null | number
  /** What the candidate wrote to apply. Null when not sent. [personal] */
  readonly cover_message: null | string
  /** Where the application came from, such as a job board. Null when not sent. */
  readonly origin: null | string
  /** Answers on the application form, in the order of the source. [personal] */
  readonly answers: readonly Answer[]
  /** Files sent with this application. */
  readonly attachments: readonly Attachment[]
  /** What happened to the application (Human Sourcing actions). */
  readonly activities: readonly Activity[]
  /** Recruiter who sent the candidate to us (Jobylon request_author). Null when not sent. [personal] */
  readonly requested_by: null | Contact
  /** Recruiter to whom the application is credited. Null when not sent. [personal] */
  readonly credited_to: null | Contact
  /** Id of the company at the source, where one endpoint receives the applications of several. Null when not sent. */
  readonly company_id: null | string
  /** Other fields of the source by name; each value is JSON text. [personal] */
  readonly custom_fields: Readonly<Record<string, string>>
}

/** Whether the source has an application id or we compose one from candidate and job. */
export type ApplicationIdBasis = 'UNKNOWN' | 'NATIVE' | 'CANDIDATE_JOB'

/** The job of an application, as the candidate event mentions it; the job itself is a record of its own topic, where the source sends one. */
export interface JobRef {
  /** Key of the job: <source>:<tenant_id>:<external_id>. Its source is another one where the connection sets job_source. */
  readonly job_key: string
  /** Id of the job as the candidate event gives it. */
  readonly external_id: string
  /** Job code of the recruiter. Null when not sent. */
  readonly reference: null | string
  /** Job title in the candidate event. Null when not sent. */
  readonly title: null | string
  /** Status of the job in the candidate event. Null when not sent. */
  readonly status_raw: null | string
}

/** How far an application is, common to all sources. UNKNOWN where the status of the source does not say. */
export type ApplicationStage = 'UNKNOWN' | 'NEW' | 'IN_PROGRESS' | 'ON_HOLD' | 'HIRED' | 'REJECTED' | 'WITHDRAWN'

/** An answer of the candidate on an application form. */
export interface Answer {
  /** Id of the answer at the source. Null when not sent. */
  readonly id: null | string
  /** Id of the question at the source. Null when not sent. */
  readonly question_id: null | string
  /** Wording of the question. Null when only its id is sent. */
  readonly question: null | string
  /** Type of the input in the words of the source, such as file. Null when not sent. */
  readonly answer_type: null | string
  /** Id of the chosen option. Null for free input. */
  readonly value_id: null | string
  /** Answer as text. Null when unanswered, and for a file, which is an attachment of kind FORM_ANSWER. [personal] */
  readonly value: null | string
  /** True when the answer is a file. */
  readonly is_file: boolean
}

/** Something that was done about an application, in the order of the source. */
export interface Activity {
  /** Id of the activity at the source. */
  readonly external_id: string
  /** Code of the activity, such as CAND (applied) or CLO (closed). Null when not sent. */
  readonly code: null | string
  /** Id of the type, as the customer of the source defined it. Null when not sent. */
  readonly type: null | string
  /** Id of the built-in type behind it. Null when not sent. */
  readonly default_type: null | string
  /** When it happened, ms UTC. Null when not sent or unreadable. */
  readonly occurred_at: null | number
  /** Mark that the recruiter gave; may be negative. Null when not sent. */
  readonly rating: null | number
  /** Medium of the activity. Null when not sent. */
  readonly media: null | string
  /** Colour flag (Human Sourcing pastille). Null when not sent. */
  readonly flag: null | string
  /** Whether it was part of a mailing. Null when not sent. */
  readonly emailing: null | boolean
  /** Recruiter who did it. Null when not sent. [personal] */
  readonly actor: null | Contact
  /** Files of this activity, such as messages. */
  readonly attachments: readonly Attachment[]
}

/** Whether the entity exists at its source. A DELETED record holds no personal data. */
export type Lifecycle = 'UNKNOWN' | 'ACTIVE' | 'DELETED'

/** Which event made this version of the record, and where to find it. */
export interface Provenance {
  /** Name of the source, such as jobylon. A string, so that a new source changes no schema. */
  readonly source: string
  /** Connection the event came over: the tenant in the webhook's path, default when there is only one. */
  readonly tenant_id: string
  /** ce_id of the raw record; the same for every redelivery of the same bytes. */
  readonly event_id: string
  /** job, candidate or company, and created, updated or deleted, such as job.updated. */
  readonly event_type: string
  /** Name of the event in the words of the source. */
  readonly source_event_type: string
  /** The source's own id of the delivery (idibu X-Idibu-Delivery). Null when it sends none. */
  readonly delivery_id: null | string
  /** First receipt at ingress, ms UTC. */
  readonly received_at: number
  /** Version clock of the source, ms UTC. Null when the payload has none; then the newest receipt wins. */
  readonly source_updated_at: null | number
  /** Hex SHA-256 of the whole body as received. */
  readonly body_sha256: string
  /** Topic of the raw record. Null when the record was not made from one. */
  readonly raw_topic: null | string
  /** Partition of the raw record. Null when raw_topic is. */
  readonly raw_partition: null | number
  /** Offset of the raw record. Null when raw_topic is. */
  readonly raw_offset: null | number
  /** Kafka's own id of raw_topic: offsets count within it. A topic that is made anew, or copied to another cluster, has another one. Null when raw_topic is, in records of older versions, and where brokers do not say. */
  readonly raw_topic_id: null | string
  /** Version of the code that made the record. */
  readonly normalizer_version: string
  /** Bodies that earlier versions came in, by body_sha256, and when each was received, ms UTC: the vendor may still repeat them. Empty when there is none. */
  readonly superseded: Readonly<Record<string, number>>
  /** Codes of the tolerant readings that were needed, such as EMAIL_INVALID or NAIVE_TIME. */
  readonly warnings: readonly string[]
}

/** A company that has signed up at a source which serves several through one endpoint. A record is the whole current state of its key and replaces the one before. */
export interface Company {
  /** Kafka key: <source>:<tenant_id>:<external_id>. The tenant is the one that the connection gives the company, or the connection's own where it gave none when the company signed up. */
  readonly company_key: string
  /** Id of the company at the source, as text. */
  readonly external_id: string
  /** Second, internal id at the source. Null when not sent. */
  readonly internal_id: null | string
  /** Name. Null when not sent. */
  readonly name: null | string
  /** Whether the company has configured us at the source. Null when not sent. */
  readonly is_configured: null | boolean
  /** When the company signed up, ms UTC. Null when not sent. */
  readonly signed_up_at: null | number
  /** The event that made this version. */
  readonly provenance: Provenance
}

/** One job as one source knows it. A record is the whole current state of its key and replaces the one before. */
export interface Job {
  /** Kafka key: <source>:<tenant_id>:<external_id>. */
  readonly job_key: string
  /** Id of the job at the source, as text. */
  readonly external_id: string
  /** Further ids at the source by their names, such as internal_id or requisition_identifier. Never used as identity. */
  readonly alternate_ids: Readonly<Record<string, string>>
  /** Job code that people use; not necessarily unique. Null when not sent. */
  readonly reference: null | string
  /** Job title. Null when not sent or deleted. */
  readonly title: null | string
  /** Main body as plain text. Null when not sent or empty. */
  readonly description: null | string
  /** Main body as sent. Null unless it held markup. */
  readonly description_html: null | string
  /** Other publishable prose: profile, experience, education, company, benefits. */
  readonly description_sections: readonly DescriptionSection[]
  /** Skills asked for, in the order of the source, without a limit. */
  readonly skills: readonly JobSkill[]
  /** Whether this is a vacancy or a pool for spontaneous applications. */
  readonly kind: JobKind
  /** OPEN or CLOSED by the dates and the status of the source, at the moment of receipt. */
  readonly status: JobStatus
  /** Form of employment, read from employment_type_raw. */
  readonly employment_type: EmploymentType
  /** Contract in the words of the source. Null when not sent. */
  readonly employment_type_raw: null | string
  /** Working time in the words of the source. Null when not sent. */
  readonly working_time_raw: null | string
  /** Where the work is done, as the source says it in a field of its own. UNKNOWN too in records made before version 3. */
  readonly workplace_type: WorkplaceType
  /** Where the work is done, in the words of the source. Null when not sent. */
  readonly workplace_type_raw: null | string
  /** Language of the texts, BCP 47. Null when not sent. */
  readonly language: null | string
  /** Employer. Null when not sent. */
  readonly hiring_organization: null | Organization
  /** Places of work, in the order of the source. */
  readonly locations: readonly Location[]
  /** Day of publication, days since 1970-01-01. Null when not sent. */
  readonly date_posted: null | number
  /** Last day on which one can apply, days since 1970-01-01. Null when open-ended or not sent. */
  readonly valid_through: null | number
  /** First working day, days since 1970-01-01. Null when not sent. */
  readonly job_start_date: null | number
  /** Last day of a contract that ends, days since 1970-01-01. Null when it does not end, or when not sent. */
  readonly contract_end_date: null | number
  /** When the job was closed at the source, ms UTC. Null while it is open, or when the source does not say. */
  readonly closed_at: null | number
  /** Number of people sought. Null when not sent. */
  readonly total_job_openings: null | number
  /** Pay. Null when not sent. */
  readonly salary: null | Salary
  /** Experience asked for, in the words of the source. Null when not sent. */
  readonly experience_level: null | string
  /** Education asked for, in the words of the source. Null when not sent. */
  readonly education_level: null | string
  /** Terms of the classifications of the source. */
  readonly categories: readonly Label[]
  /** Public page of the job. Null when not sent. */
  readonly posting_url: null | string
  /** Public page to apply. Null when not sent or not a URL. */
  readonly apply_url: null | string
  /** People to ask about the job. [personal] */
  readonly contacts: readonly Contact[]
  /** Other fields of the source by name, internal comments included; each value is JSON text. [personal] */
  readonly custom_fields: Readonly<Record<string, string>>
  /** DELETED: the source deleted the job. */
  readonly lifecycle: Lifecycle
  /** Receipt of the deletion, ms UTC. Null unless lifecycle is DELETED. */
  readonly deleted_at: null | number
  /** The event that made this version. */
  readonly provenance: Provenance
}

/** A block of publishable prose besides the main description. */
export interface DescriptionSection {
  /** profile, experience, education, company or benefits. */
  readonly name: string
  /** The section as plain text. */
  readonly text: string
}

/** A skill that the job asks for. */
export interface JobSkill {
  /** Skill as sent. */
  readonly name: string
  /** ESCO concept of the skill. Null when unmapped. */
  readonly uri: null | string
  /** SOURCE: stated by the source. DERIVED: inferred from its texts. */
  readonly origin: SkillOrigin
}

/** Whether the source stated the skill or we inferred it. */
export type SkillOrigin = 'UNKNOWN' | 'SOURCE' | 'DERIVED'

/** A vacancy, or a pool for spontaneous applications. Nobody is invited for a SPONTANEOUS job. */
export type JobKind = 'UNKNOWN' | 'POSTING' | 'SPONTANEOUS'

/** Whether the job is open, as of provenance.received_at. */
export type JobStatus = 'UNKNOWN' | 'DRAFT' | 'OPEN' | 'CLOSED' | 'ARCHIVED'

/** Form of employment, common to all sources; the label of the source is in employment_type_raw. */
export type EmploymentType = 'UNKNOWN' | 'FULL_TIME' | 'PART_TIME' | 'CONTRACTOR' | 'TEMPORARY' | 'INTERN' | 'OTHER'

/** Where the work is done, common to all sources; the label of the source is in workplace_type_raw. */
export type WorkplaceType = 'UNKNOWN' | 'ON_SITE' | 'HYBRID' | 'REMOTE'

/** The employer, or the client the recruiter works for. */
export interface Organization {
  /** Id of the organisation at the source. Null when not sent. */
  readonly external_id: null | string
  /** Second, internal id at the source. Null when not sent. */
  readonly internal_id: null | string
  /** Name. Null when not sent. */
  readonly name: null | string
  /** What the organisation says of itself, plain text. Null when not sent. */
  readonly description: null | string
  /** Logo as sent. Null when not sent. */
  readonly logo_url: null | string
  /** Client the recruiter works for. Null when not sent. */
  readonly customer: null | string
}

/** What the source says about pay. */
export interface Salary {
  /** Fixed pay in the words of the source. Null when not sent or zero. */
  readonly raw: null | string
  /** Variable pay in the words of the source. Null when not sent or zero. */
  readonly variable_raw: null | string
  /** Lower end in units of currency per period. Null when not stated as a number. */
  readonly min: null | number
  /** Upper end in units of currency per period. Null when not stated as a number. */
  readonly max: null | number
  /** Currency as sent, such as EUR. Null when not sent. */
  readonly currency: null | string
  /** Period that min and max refer to, in the words of the source. Null when not sent. */
  readonly period: null | string
}

/** A term of one of the classifications of the source. */
export interface Label {
  /** Which classification: category, sub_category, sector, layer, department, department_fr, office, group, subgroup or region. */
  readonly scheme: string
  /** Id of the term at the source. Null when it has none. */
  readonly external_id: null | string
  /** Name of the term. Null when not sent. */
  readonly label: null | string
}

/** The way of one application into its assessment, apart from everything else, so that rights can close it. A null value: there is none any more. */
export interface PulsifiAccess {
  /** Kafka key: application_key of the canonical candidate. */
  readonly application_key: string
  /** Canonical candidate. */
  readonly candidate_key: string
  /** Name of the source of the application. */
  readonly source: string
  /** Tenant of the application. */
  readonly tenant_id: string
  /** Candidate at Pulsifi. Null when Pulsifi has not said which. */
  readonly pulsifi_candidate_id: null | string
  /** The candidate's way into the assessment; whoever has it can take it. Null when Pulsifi has given none. [secret] */
  readonly invitation_link: null | string
  /** Last path segment of invitation_link. Null when Pulsifi has given none. [secret] */
  readonly invite_code: null | string
  /** When this was written, ms UTC. */
  readonly updated_at: number
}

/** Who alone may invite an application, or a person for a job at Pulsifi, and who follows what becomes of it. A claim that is free has no record. */
export interface PulsifiClaim {
  /** Kafka key. Of HOLDS: application:<ext_reference_id>, or person:<person_key>:<pulsifi_job_id>. Of FOLLOWS: the application that is followed, and partition and application_key of the one that follows, joined by the unit separator U+001F. */
  readonly claim_key: string
  /** What the application has of it. */
  readonly kind: ClaimKind
  /** Application that holds the claim, or follows the one that does. */
  readonly application_key: string
  /** Number of the partition that owns this application: two candidates in two partitions may name one. */
  readonly partition: number
  /** When the application asked for it, ms UTC; what was said of an earlier asking does not count. */
  readonly claimed_at: number
  /** When this record was made, ms UTC. */
  readonly updated_at: number
}

/** HOLDS: may invite. FOLLOWS: was refused a claim, gets the results of its holder, and is told when the holder gives it up. */
export type ClaimKind = 'UNKNOWN' | 'HOLDS' | 'FOLLOWS'

/** Something for the owner of a partition: what others ask of it or have learned for it. Only the owner writes the state topics. */
export interface PulsifiInboxMessage {
  /** Id of the message. Applying a message twice does nothing twice. */
  readonly message_id: string
  /** JOB_WANTED: an application needs the job. JOB_REFUSED: Pulsifi no longer takes candidates for it. OBSERVE: look at the candidate now. OBSERVATION: what a look showed. INVITATION_ANSWER, JOB_ANSWER: the answer to a call whose owner lost the partition meanwhile. COMMAND: from an operator. POLL_WANTED: something of this tenant moved at Pulsifi, and nobody knows what. CANDIDATE_REST: a candidate has more applications than are decided at once, and these are still to be decided. CLAIM: an application asks for claims, of one owner after the other. CLAIM_ANSWER: whether it has them all. CLAIM_RELEASED: it needs one no longer. FOLLOW: an application that was refused follows the one that holds the claim, or does so no longer. CLAIM_FREE: it may ask again. SHARED_RESULT: what became of the one that it follows. */
  readonly kind: InboxKind
  /** Kafka key: job_key of messages about jobs, the tenant of POLL_WANTED, candidate_key of CANDIDATE_REST, application_key of all others. */
  readonly entity_key: string
  /** JSON of the kind's own fields. Holds no name and no e-mail; may hold links of an invitation. [secret] */
  readonly body: string
  /** When the message was made, ms UTC. */
  readonly issued_at: number
}

/** What a message is about. */
export type InboxKind = 'UNKNOWN' | 'JOB_WANTED' | 'JOB_REFUSED' | 'OBSERVE' | 'OBSERVATION' | 'INVITATION_ANSWER' | 'JOB_ANSWER' | 'COMMAND' | 'POLL_WANTED' | 'CANDIDATE_REST' | 'CLAIM' | 'CLAIM_ANSWER' | 'CLAIM_RELEASED' | 'CLAIM_FREE' | 'FOLLOW' | 'SHARED_RESULT'

/** The newest decision about the invitation of one application, and what became of it: the ledger that keeps anyone from being invited twice. */
export interface PulsifiInvitation {
  /** Id of this decision; the same when it is published again. */
  readonly event_id: string
  /** Kafka key: application_key of the canonical candidate. */
  readonly application_key: string
  /** Canonical candidate. */
  readonly candidate_key: string
  /** Canonical job applied for. */
  readonly job_key: string
  /** Identifier of the application at Pulsifi, at most 50 characters; derived from the application, hashed when too long. */
  readonly ext_reference_id: string
  /** Job at Pulsifi. Null until the job is bound. */
  readonly pulsifi_job_id: null | string
  /** Candidate at Pulsifi. Null until invited. */
  readonly pulsifi_candidate_id: null | string
  /** What became of the application. */
  readonly outcome: InvitationOutcome
  /** Codes that explain the outcome, such as EMAIL_MISSING or JOB_UNBOUND, some with a detail after a colon. No personal data. */
  readonly reasons: readonly string[]
  /** Status of the candidate in the words of Pulsifi, such as invited or completed. Null until invited. */
  readonly status: null | string
  /** The candidate's way into the assessment, in records of versions without pulsifi.access.v1. Null in all others: it stands there. [secret] */
  readonly invitation_link: null | string
  /** Last path segment of invitation_link, in records of versions without pulsifi.access.v1. Null in all others. [secret] */
  readonly invite_code: null | string
  /** When the invitation expires, ms UTC. Null until invited. */
  readonly invitation_expired_at: null | number
  /** When Pulsifi created the invitation, ms UTC by its clock. Null until invited. */
  readonly created_at: null | number
  /** HTTP status of the newest answer. Null when nothing was called or no answer came. */
  readonly http_status: null | number
  /** True when Pulsifi was given no name and no e-mail. */
  readonly is_anonymous_candidate: boolean
  /** Number of calls intended so far; 0 before the first. */
  readonly attempt: number
  /** When the first call was intended, ms UTC, moved by the time that calls waited here since and not at Pulsifi: retries end a fixed time after it. Null before the first. */
  readonly first_attempt_at: null | number
  /** When the next call is due, ms UTC. Null unless the answer proved that nothing was processed. */
  readonly next_attempt_at: null | number
  /** When the call in flight will have timed out, ms UTC. Null unless outcome is INTENDED. */
  readonly call_deadline_at: null | number
  /** Keys on pulsifi.claim.v1 that this application has asked for, and holds from then on unless it is WAITING for CLAIM_PENDING or follows another one. Empty when it needs none, and in records of versions without claims. */
  readonly claims: readonly string[]
  /** When it last asked for claims, ms UTC; each asking is later than the one before. Null before the first. */
  readonly claimed_at: null | number
  /** Whose result is this one's too: it holds the claim. Null unless SKIPPED for PERSON_ALREADY_INVITED. */
  readonly follows: null | FollowedApplication
  /** When this decision was made, ms UTC. */
  readonly occurred_at: number
  /** Name of the source of the application. Null in records of versions without it. */
  readonly source: null | string
  /** Tenant of the application. Null in records of versions without it. */
  readonly tenant_id: null | string
  /** Where the application stands, as its newest record on pulsifi.status.v1 says. UNKNOWN in records of versions without a history. */
  readonly state: ApplicationState
  /** How many records of the application pulsifi.status.v1 has had: their keys follow from it, so that they can be erased. 0 in records of versions without a history. */
  readonly state_changes: number
}

/** WAITING: for the thing in reasons. INTENDED: the call may be on its way. INVITED: Pulsifi confirmed. BLOCKED: a person can fix the reason. FAILED: retries used up. AMBIGUOUS: the reply was lost and nobody knows. SKIPPED: not eligible. */
export type InvitationOutcome = 'UNKNOWN' | 'WAITING' | 'INTENDED' | 'INVITED' | 'BLOCKED' | 'FAILED' | 'AMBIGUOUS' | 'SKIPPED'

/** The application whose invitation counts for this one too. */
export interface FollowedApplication {
  /** Key of the application that holds the claim. */
  readonly application_key: string
  /** Number of the partition that owns it. */
  readonly partition: number
}

/** received: first heard of. waiting: for what the reason names, or on its way to Pulsifi. blocked: cannot be invited as it stands, or Pulsifi took nothing. skipped: not one to invite. invited, opened, started, completed, expired: in the words of Pulsifi. ambiguous: nobody knows whether Pulsifi has it. withdrawn: the source no longer has the application. erased: the person was deleted. */
export type ApplicationState = 'UNKNOWN' | 'received' | 'waiting' | 'blocked' | 'skipped' | 'invited' | 'opened' | 'started' | 'completed' | 'expired' | 'ambiguous' | 'withdrawn' | 'erased'

/** Which job at Pulsifi stands for a canonical job, and how far making it is. There is a record for every canonical job. */
export interface PulsifiJobBinding {
  /** Kafka key: job_key of the canonical job. */
  readonly job_key: string
  /** Job at Pulsifi, a UUID. Null unless BOUND. */
  readonly pulsifi_job_id: null | string
  /** Identifier of the job sent to Pulsifi, at most 45 characters; hashed when too long. */
  readonly external_id: string
  /** How far the binding is. */
  readonly state: BindingState
  /** Codes that explain BLOCKED, such as DESCRIPTION_TOO_SHORT:120, or why a job that is waited for has not come: JOB_DEAD_LETTERED with the place of the letter. Empty otherwise. */
  readonly block_reasons: readonly string[]
  /** Status of the job in the words of Pulsifi, such as active. Null until bound. */
  readonly pulsifi_status: null | string
  /** kind of the canonical job, so that other partitions can decide. Null when its record is not known. */
  readonly job_kind: null | string
  /** status of the canonical job. Null when its record is not known. */
  readonly job_status: null | string
  /** lifecycle of the canonical job. Null when its record is not known. */
  readonly job_lifecycle: null | string
  /** valid_through of the canonical job, days since 1970-01-01. Null when open-ended or not known. */
  readonly valid_through: null | number
  /** date_posted of the canonical job, days since 1970-01-01: no application for it is older. Null when not known. */
  readonly date_posted: null | number
  /** reference of the canonical job; candidates of other sources may name the job by it. Null when it has none. */
  readonly reference: null | string
  /** Hex SHA-256 of the request that created the job; tells a later change. Null until requested. */
  readonly request_sha256: null | string
  /** Who made the binding. */
  readonly origin: BindingOrigin
  /** Number of calls intended so far; 0 before the first. */
  readonly attempt: number
  /** When the next call is due, ms UTC. Null when none is. */
  readonly next_attempt_at: null | number
  /** When the call in flight will have timed out, ms UTC. Null unless state is PENDING. */
  readonly call_deadline_at: null | number
  /** When this record was made, ms UTC. */
  readonly updated_at: number
}

/** KNOWN: nobody needs it at Pulsifi yet. WANTED: an application waits for it. PENDING: the call may be on its way. BOUND: pulsifi_job_id is valid. BLOCKED: a person can fix the reason. AMBIGUOUS: the reply was lost and nobody knows. */
export type BindingState = 'UNKNOWN' | 'KNOWN' | 'WANTED' | 'PENDING' | 'BOUND' | 'BLOCKED' | 'AMBIGUOUS'

/** CREATED: by us over the API. MANUAL: stated by an operator. */
export type BindingOrigin = 'UNKNOWN' | 'CREATED' | 'MANUAL'

/** Which application an identifier of Pulsifi belongs to. There is a record for the ext_reference_id, and one each for candidate id and invite code once they are known. */
export interface PulsifiReference {
  /** Kafka key: the identifier. An invite code opens the assessment. [secret] */
  readonly reference: string
  /** What sort of identifier it is. ERASED: an ext_reference_id whose person was erased; it stays, so that nobody else is invited for the application. */
  readonly kind: ReferenceKind
  /** Application it belongs to. */
  readonly application_key: string
  /** Call for the application, counted from 1, that was the last one intended when this record was made. 1 in records of versions that did not count. */
  readonly attempt: number
  /** Number of the partition that owns the application. */
  readonly partition: number
  /** Keys of pulsifi.claim.v1 that were held for the call, of an EXT_REFERENCE_ID: who holds them is known from here when their own topic has lost it. Empty in other records, and in records of versions without claims. */
  readonly claims: readonly string[]
  /** When this record was made, ms UTC. */
  readonly updated_at: number
}

/** What sort of identifier a reference is. */
export type ReferenceKind = 'UNKNOWN' | 'EXT_REFERENCE_ID' | 'CANDIDATE_ID' | 'INVITE_CODE' | 'ERASED'

/** What Pulsifi says about one application, as of observed_at. A new record for each change of status or scores. */
export interface PulsifiResult {
  /** Id of this result; the same when it is published again. */
  readonly event_id: string
  /** Kafka key: application_key of the canonical candidate; pulsifi:<candidate_id> when we know no such application. */
  readonly application_key: string
  /** Canonical candidate. Null when we know no such application. */
  readonly candidate_key: null | string
  /** Canonical job. Null when we know no such application. */
  readonly job_key: null | string
  /** Candidate at Pulsifi. */
  readonly pulsifi_candidate_id: string
  /** Job at Pulsifi. Null when its answer names none. */
  readonly pulsifi_job_id: null | string
  /** Identifier of the application that we gave Pulsifi. */
  readonly ext_reference_id: string
  /** In the words of Pulsifi: invited, opened, started, completed, expired; other words verbatim. */
  readonly status: string
  /** How well the candidate fits, such as role_fit. Which types come depends on the job at Pulsifi. Empty until there are any. */
  readonly scores: readonly Score[]
  /** Single traits, such as hard_skill or reasoning_verbal. Empty until there are any. */
  readonly additional_scores: readonly Score[]
  /** The report as a file; whoever has the link has the report. Null until there is one. [secret] */
  readonly report_pdf_link: null | string
  /** Latest moment at which report_pdf_link works, ms UTC: three months after it was seen. Null without a link. */
  readonly report_pdf_link_expires_at: null | number
  /** The report as a page; whoever has the link has the report. Null until there is one. [secret] */
  readonly report_profile_link: null | string
  /** When the invitation expires, ms UTC. Null when the answer does not say. */
  readonly invitation_expired_at: null | number
  /** When Pulsifi created the invitation, ms UTC by its clock. Null when the answer does not say. */
  readonly created_at: null | number
  /** WEBHOOK: a callback. POLL: our schedule. MANUAL: an operator. */
  readonly trigger: ResultTrigger
  /** Hex SHA-256 of status and scores, without links; equal for equal results. */
  readonly content_sha256: string
  /** When Pulsifi answered, ms UTC by our clock. */
  readonly observed_at: number
  /** Every set of scores that was published of this application, oldest first: what must be removed when its person is forgotten. Older records name none; their scores stand under application_key. */
  readonly score_sets: readonly ScoreSet[]
  /** application_key of the application that was invited, when it is another one of the same person for the same job. Null when this one was. */
  readonly shared_from: null | string
}

/** One score as Pulsifi gives it: score_value out of score_format. */
export interface Score {
  /** What is scored, such as role_fit. */
  readonly score_type: string
  /** Points, between 0 and score_format. */
  readonly score_value: number
  /** Points of a full score, normally 100. */
  readonly score_format: number
}

/** What made us ask Pulsifi. */
export type ResultTrigger = 'UNKNOWN' | 'WEBHOOK' | 'POLL' | 'MANUAL'

/** The scores of one result on pulsifi.score.v1. Their ids, and so their keys there, follow from application_key, this set and the place of a score in it. */
export interface ScoreSet {
  /** content_sha256 of the result that they are part of. */
  readonly content_sha256: string
  /** observed_at of that result, ms UTC by our clock. */
  readonly observed_at: number
  /** How many scores it has, scores and additional_scores together. */
  readonly count: number
}

/** One score of one application, flat, for SQL and spreadsheets. A null value erases what stands under its key. The newest observed_at per application_key and score_type is the current score. */
export interface PulsifiScore {
  /** Kafka key and id of this score; the same when it is published again. */
  readonly event_id: string
  /** application_key of the canonical candidate; pulsifi:<candidate_id> when we know no such application. As a Kafka key with a null value: the person was erased, and every score of this application with them. */
  readonly application_key: string
  /** Canonical candidate. Null when we know no such application. */
  readonly candidate_key: null | string
  /** Canonical job. Null when we know no such application. */
  readonly job_key: null | string
  /** Name of the source of the application. Null when we know no such application. */
  readonly source: null | string
  /** Tenant of the application. Null when we know no such application. */
  readonly tenant_id: null | string
  /** Candidate at Pulsifi. */
  readonly pulsifi_candidate_id: string
  /** Job at Pulsifi. Null when its answer names none. */
  readonly pulsifi_job_id: null | string
  /** Identifier of the application that we gave Pulsifi. */
  readonly ext_reference_id: string
  /** What is scored, such as role_fit or reasoning_verbal. */
  readonly score_type: string
  /** Which list of the result the score comes from. */
  readonly kind: ScoreKind
  /** Points, between 0 and score_format. */
  readonly score_value: number
  /** Points of a full score, normally 100. */
  readonly score_format: number
  /** score_value / score_format, 0 to 1. Null when score_format is not positive. */
  readonly normalized: null | number
  /** content_sha256 of the result that the score is part of. */
  readonly result_content_sha256: string
  /** When Pulsifi answered, ms UTC by our clock. */
  readonly observed_at: number
}

/** FIT: from scores, how well the candidate fits. ADDITIONAL: from additional_scores, a single trait. */
export type ScoreKind = 'UNKNOWN' | 'FIT' | 'ADDITIONAL'

/** One change of where one application stands, flat: its history, in the order of its partition. A null value erases what stands under its key. */
export interface PulsifiStatus {
  /** Id of this change; the same when it is delivered again. */
  readonly event_id: string
  /** Kafka key, of the application and the number of the change. As a Kafka key with a null value: this change was erased with its person. */
  readonly status_key: string
  /** application_key of the canonical candidate. As a Kafka key with a null value: the person was erased, and every change of this application before. */
  readonly application_key: string
  /** Canonical candidate. */
  readonly candidate_key: string
  /** Canonical job applied for. */
  readonly job_key: string
  /** Name of the source of the application. */
  readonly source: string
  /** Tenant of the application. */
  readonly tenant_id: string
  /** Which change of the application this is, from 1. Larger than 16 for the first one of an application that a version without a history knew. */
  readonly number: number
  /** Where it stood before; the same as to when only the reason is another one. Null for the first change. */
  readonly from: null | ApplicationState
  /** Where it stands from now on. */
  readonly to: ApplicationState
  /** Code that explains it, the first one where there are several, such as EMAIL_MISSING or JOB_BLOCKED:DESCRIPTION_TOO_SHORT; without numbers and keys, so that it can be grouped. Null when nothing needs explaining. */
  readonly reason: null | string
  /** Number that belongs to the reason, such as the characters of a description that is too short. Null when it has none. */
  readonly reason_number: null | number
  /** Who brought it about. */
  readonly actor: StatusActor
  /** When it happened as far as anybody knows, ms UTC: of received, the receipt; of what Pulsifi shows, the look; else the decision. */
  readonly occurred_at: number
  /** When it was written down, ms UTC: what was known at some moment was ingested before it. */
  readonly ingested_at: number
}

/** pipeline: a rule, or an event of the source. pulsifi: what Pulsifi answered. operator: a command. */
export type StatusActor = 'UNKNOWN' | 'pipeline' | 'pulsifi' | 'operator'

