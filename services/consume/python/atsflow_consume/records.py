"""Records of the topics. GENERATED from the .avsc files of schemas/ by `npm run generate`. Do not edit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypedDict


class DescriptionSection(TypedDict):
    """A block of publishable prose besides the main description."""

    name: str
    """profile, experience, education, company or benefits."""
    text: str
    """The section as plain text."""


SkillOrigin = Literal["UNKNOWN", "SOURCE", "DERIVED"]
"""Whether the source stated the skill or we inferred it."""


class JobSkill(TypedDict):
    """A skill that the job asks for."""

    name: str
    """Skill as sent."""
    uri: str | None
    """ESCO concept of the skill. Null when unmapped."""
    origin: SkillOrigin
    """SOURCE: stated by the source. DERIVED: inferred from its texts."""


JobKind = Literal["UNKNOWN", "POSTING", "SPONTANEOUS"]
"""A vacancy, or a pool for spontaneous applications. Nobody is invited for a SPONTANEOUS job."""


JobStatus = Literal["UNKNOWN", "DRAFT", "OPEN", "CLOSED", "ARCHIVED"]
"""Whether the job is open, as of provenance.received_at."""


EmploymentType = Literal["UNKNOWN", "FULL_TIME", "PART_TIME", "CONTRACTOR", "TEMPORARY", "INTERN", "OTHER"]
"""Form of employment, common to all sources; the label of the source is in employment_type_raw."""


WorkplaceType = Literal["UNKNOWN", "ON_SITE", "HYBRID", "REMOTE"]
"""Where the work is done, common to all sources; the label of the source is in workplace_type_raw."""


class Organization(TypedDict):
    """The employer, or the client the recruiter works for."""

    external_id: str | None
    """Id of the organisation at the source. Null when not sent."""
    internal_id: str | None
    """Second, internal id at the source. Null when not sent."""
    name: str | None
    """Name. Null when not sent."""
    description: str | None
    """What the organisation says of itself, plain text. Null when not sent."""
    logo_url: str | None
    """Logo as sent. Null when not sent."""
    customer: str | None
    """Client the recruiter works for. Null when not sent."""


class Location(TypedDict):
    """A place as the source described it; every part that was not sent is null."""

    raw: str | None
    """Place as free text. Null when not sent."""
    street: str | None
    """Street and house number. Null when not sent."""
    city: str | None
    """City. Null when not sent."""
    postal_code: str | None
    """Postal code. Null when not sent."""
    region: str | None
    """State, province or other first-level area. Null when not sent."""
    country: str | None
    """Name of the country as sent. Null when not sent."""
    country_code: str | None
    """ISO 3166-1 alpha-2 in upper case. Null when not sent or not recognised."""
    latitude: float | None
    """Degrees north, WGS 84. Null when not sent."""
    longitude: float | None
    """Degrees east, WGS 84. Null when not sent."""


class Salary(TypedDict):
    """What the source says about pay."""

    raw: str | None
    """Fixed pay in the words of the source. Null when not sent or zero."""
    variable_raw: str | None
    """Variable pay in the words of the source. Null when not sent or zero."""
    min: float | None
    """Lower end in units of currency per period. Null when not stated as a number."""
    max: float | None
    """Upper end in units of currency per period. Null when not stated as a number."""
    currency: str | None
    """Currency as sent, such as EUR. Null when not sent."""
    period: str | None
    """Period that min and max refer to, in the words of the source. Null when not sent."""


class Label(TypedDict):
    """A term of one of the classifications of the source."""

    scheme: str
    """Which classification: category, sub_category, sector, layer, department, department_fr, office, group, subgroup or region."""
    external_id: str | None
    """Id of the term at the source. Null when it has none."""
    label: str | None
    """Name of the term. Null when not sent."""


class Contact(TypedDict):
    """A recruiter or another person on the side of the employer."""

    external_id: str | None
    """Id of the contact at the source. Null when not sent."""
    account_id: str | None
    """Id of the account or office the contact belongs to (idibu created_by.id, Human Sourcing office). Null when not sent."""
    role: str | None
    """What the contact does, such as interlocutor or owner. Null when the source does not say."""
    first_name: str | None
    """Given name. Null when not sent. [personal]"""
    last_name: str | None
    """Family name, or the whole name where the source sends one text. Null when not sent. [personal]"""
    email: str | None
    """E-mail address as sent. Null when not sent. [personal]"""


Lifecycle = Literal["UNKNOWN", "ACTIVE", "DELETED"]
"""Whether the entity exists at its source. A DELETED record holds no personal data."""


class Provenance(TypedDict):
    """Which event made this version of the record, and where to find it."""

    source: str
    """Name of the source, such as jobylon. A string, so that a new source changes no schema."""
    tenant_id: str
    """Connection the event came over: the tenant in the webhook's path, default when there is only one."""
    event_id: str
    """ce_id of the raw record; the same for every redelivery of the same bytes."""
    event_type: str
    """job, candidate or company, and created, updated or deleted, such as job.updated."""
    source_event_type: str
    """Name of the event in the words of the source."""
    delivery_id: str | None
    """The source's own id of the delivery (idibu X-Idibu-Delivery). Null when it sends none."""
    received_at: datetime
    """First receipt at ingress, UTC."""
    source_updated_at: datetime | None
    """Version clock of the source, UTC. Null when the payload has none; then the newest receipt wins."""
    body_sha256: str
    """Hex SHA-256 of the whole body as received."""
    raw_topic: str | None
    """Topic of the raw record. Null when the record was not made from one."""
    raw_partition: int | None
    """Partition of the raw record. Null when raw_topic is."""
    raw_offset: int | None
    """Offset of the raw record. Null when raw_topic is."""
    raw_topic_id: str | None
    """Kafka's own id of raw_topic: offsets count within it. A topic that is made anew, or copied to another cluster, has another one. Null when raw_topic is, in records of older versions, and where brokers do not say."""
    normalizer_version: str
    """Version of the code that made the record."""
    superseded: dict[str, datetime]
    """Bodies that earlier versions came in, by body_sha256, and when each was received, UTC: the vendor may still repeat them. Empty when there is none."""
    warnings: list[str]
    """Codes of the tolerant readings that were needed, such as EMAIL_INVALID or NAIVE_TIME."""


class Job(TypedDict):
    """One job as one source knows it. A record is the whole current state of its key and replaces the one before."""

    job_key: str
    """Kafka key: <source>:<tenant_id>:<external_id>."""
    external_id: str
    """Id of the job at the source, as text."""
    alternate_ids: dict[str, str]
    """Further ids at the source by their names, such as internal_id or requisition_identifier. Never used as identity."""
    reference: str | None
    """Job code that people use; not necessarily unique. Null when not sent."""
    title: str | None
    """Job title. Null when not sent or deleted."""
    description: str | None
    """Main body as plain text. Null when not sent or empty."""
    description_html: str | None
    """Main body as sent. Null unless it held markup."""
    description_sections: list[DescriptionSection]
    """Other publishable prose: profile, experience, education, company, benefits."""
    skills: list[JobSkill]
    """Skills asked for, in the order of the source, without a limit."""
    kind: JobKind
    """Whether this is a vacancy or a pool for spontaneous applications."""
    status: JobStatus
    """OPEN or CLOSED by the dates and the status of the source, at the moment of receipt."""
    employment_type: EmploymentType
    """Form of employment, read from employment_type_raw."""
    employment_type_raw: str | None
    """Contract in the words of the source. Null when not sent."""
    working_time_raw: str | None
    """Working time in the words of the source. Null when not sent."""
    workplace_type: WorkplaceType
    """Where the work is done, as the source says it in a field of its own. UNKNOWN too in records made before version 3."""
    workplace_type_raw: str | None
    """Where the work is done, in the words of the source. Null when not sent."""
    language: str | None
    """Language of the texts, BCP 47. Null when not sent."""
    hiring_organization: Organization | None
    """Employer. Null when not sent."""
    locations: list[Location]
    """Places of work, in the order of the source."""
    date_posted: date | None
    """Day of publication. Null when not sent."""
    valid_through: date | None
    """Last day on which one can apply. Null when open-ended or not sent."""
    job_start_date: date | None
    """First working day. Null when not sent."""
    contract_end_date: date | None
    """Last day of a contract that ends. Null when it does not end, or when not sent."""
    closed_at: datetime | None
    """When the job was closed at the source, UTC. Null while it is open, or when the source does not say."""
    total_job_openings: int | None
    """Number of people sought. Null when not sent."""
    salary: Salary | None
    """Pay. Null when not sent."""
    experience_level: str | None
    """Experience asked for, in the words of the source. Null when not sent."""
    education_level: str | None
    """Education asked for, in the words of the source. Null when not sent."""
    categories: list[Label]
    """Terms of the classifications of the source."""
    posting_url: str | None
    """Public page of the job. Null when not sent."""
    apply_url: str | None
    """Public page to apply. Null when not sent or not a URL."""
    contacts: list[Contact]
    """People to ask about the job. [personal]"""
    custom_fields: dict[str, str]
    """Other fields of the source by name, internal comments included; each value is JSON text. [personal]"""
    lifecycle: Lifecycle
    """DELETED: the source deleted the job."""
    deleted_at: datetime | None
    """Receipt of the deletion, UTC. Null unless lifecycle is DELETED."""
    provenance: Provenance
    """The event that made this version."""


IdentityBasis = Literal["UNKNOWN", "PERSON_ID", "APPLICATION_ID"]
"""What the external id of a candidate identifies."""


class PhoneNumber(TypedDict):
    """A telephone number of the candidate."""

    raw: str
    """Number as sent. [personal]"""
    e164: str | None
    """Number in E.164 form, such as +33123456789. Null when raw cannot be read without guessing the country. [personal]"""
    type: str | None
    """mobile or landline. Null when the source does not say."""


class CandidateSkill(TypedDict):
    """A skill that the source attributes to the candidate."""

    name: str
    """Skill as sent."""
    uri: str | None
    """ESCO concept of the skill. Null when unmapped."""
    proficiency: str | None
    """Level in the words of the source. Null when it states none; never inferred."""


DatePrecision = Literal["UNKNOWN", "DAY", "MONTH", "YEAR"]
"""How exactly the source names a day; the rest was completed. UNKNOWN where there is no day, and in records made before this was told, which hold whole days alone."""


class WorkExperience(TypedDict):
    """A position the candidate held. Made only when role, organisation and start date were all readable."""

    role: str
    """Job title. [personal]"""
    organization: str
    """Employer. [personal]"""
    is_current: bool
    """True while the position lasts."""
    description: str | None
    """Tasks and achievements as free text. Null when not sent. [personal]"""
    start_date: date | None
    """First day; of a month or a year, its first. Null when unreadable."""
    end_date: date | None
    """Last day; of a month or a year, its last. Null when not sent or current."""
    start_precision: DatePrecision
    """How much of `start_date` the source says."""
    end_precision: DatePrecision
    """How much of `end_date` the source says."""


class Education(TypedDict):
    """A school, a course or a degree of the candidate."""

    institution: str | None
    """School or university. Null when not sent. [personal]"""
    degree: str | None
    """Degree or level in the words of the source. Null when not sent. [personal]"""
    field_of_study: str | None
    """Subject. Null when not sent. [personal]"""
    description: str | None
    """What the source says of it beyond that, as free text. Null when not sent. [personal]"""
    start_date: date | None
    """First day; of a month or a year, its first. Null when not sent."""
    end_date: date | None
    """Last day; of a month or a year, its last. Null when not sent, or while it lasts."""
    start_precision: DatePrecision
    """How much of `start_date` the source says."""
    end_precision: DatePrecision
    """How much of `end_date` the source says."""


class SpokenLanguage(TypedDict):
    """A language that the candidate speaks."""

    name: str
    """Language as sent."""
    code: str | None
    """Language as BCP 47. Null when the source does not say it so."""
    proficiency: str | None
    """Level in the words of the source. Null when it states none; never inferred."""


class Link(TypedDict):
    """A page of the candidate."""

    url: str
    """Address of the page. [personal]"""
    type: str | None
    """What the page is in the words of the source, such as linkedin or portfolio. Null when it does not say."""


AttachmentKind = Literal["UNKNOWN", "RESUME", "COVER_LETTER", "IMAGE", "NOTE", "MESSAGE", "FORM_ANSWER", "OTHER"]
"""What a file is, read from the label in kind_raw."""


FetchStatus = Literal["UNKNOWN", "NOT_ATTEMPTED", "STORED", "EXPIRED", "FAILED", "NOT_FETCHABLE", "REJECTED"]
"""What became of the attempt to store the bytes of a file."""


class Attachment(TypedDict):
    """A file that belongs to a candidate, an application or an activity: where it is, never its bytes."""

    external_id: str | None
    """Id of the file at the source. Null when it has none."""
    kind: AttachmentKind
    """What the file is, as read from kind_raw or from its place in the payload."""
    kind_raw: str | None
    """Label of the source, such as cv_doc or resume. Null when not sent."""
    file_name: str | None
    """Name of the file; often holds the name of the person. Null when not sent. [personal]"""
    content_type: str | None
    """MIME type in lower case; of a file that we hold what its bytes show. Where its name or the sender says otherwise, CONTENT_TYPE_MISMATCH is among the warnings. Null when not sent and not recognised."""
    size_bytes: int | None
    """Size of the decoded file, bytes. Null unless we hold the file."""
    sha256: str | None
    """Hex SHA-256 of the decoded file. Null unless we hold the file."""
    blob_uri: str | None
    """Where our blob store keeps the file. Null unless fetch_status is STORED."""
    source_url: str | None
    """Download link as sent; whoever has it has the file. Null when the source sends none. [secret]"""
    source_url_expires_at: datetime | None
    """When source_url stops working, UTC. Null when no expiry is known."""
    storage_ref: str | None
    """Name in the storage of the source that is not a link (Human Sourcing uniqfilename). Null when not sent."""
    extracted_text_blob_uri: str | None
    """Where our blob store keeps the text that the source extracted. Null when there is none."""
    fetch_status: FetchStatus
    """Whether we hold the file, and if not, why."""


ApplicationIdBasis = Literal["UNKNOWN", "NATIVE", "CANDIDATE_JOB"]
"""Whether the source has an application id or we compose one from candidate and job."""


class JobRef(TypedDict):
    """The job of an application, as the candidate event mentions it; the job itself is a record of its own topic, where the source sends one."""

    job_key: str
    """Key of the job: <source>:<tenant_id>:<external_id>. Its source is another one where the connection sets job_source."""
    external_id: str
    """Id of the job as the candidate event gives it."""
    reference: str | None
    """Job code of the recruiter. Null when not sent."""
    title: str | None
    """Job title in the candidate event. Null when not sent."""
    status_raw: str | None
    """Status of the job in the candidate event. Null when not sent."""


ApplicationStage = Literal["UNKNOWN", "NEW", "IN_PROGRESS", "ON_HOLD", "HIRED", "REJECTED", "WITHDRAWN"]
"""How far an application is, common to all sources. UNKNOWN where the status of the source does not say."""


class Answer(TypedDict):
    """An answer of the candidate on an application form."""

    id: str | None
    """Id of the answer at the source. Null when not sent."""
    question_id: str | None
    """Id of the question at the source. Null when not sent."""
    question: str | None
    """Wording of the question. Null when only its id is sent."""
    answer_type: str | None
    """Type of the input in the words of the source, such as file. Null when not sent."""
    value_id: str | None
    """Id of the chosen option. Null for free input."""
    value: str | None
    """Answer as text. Null when unanswered, and for a file, which is an attachment of kind FORM_ANSWER. [personal]"""
    is_file: bool
    """True when the answer is a file."""


class Activity(TypedDict):
    """Something that was done about an application, in the order of the source."""

    external_id: str
    """Id of the activity at the source."""
    code: str | None
    """Code of the activity, such as CAND (applied) or CLO (closed). Null when not sent."""
    type: str | None
    """Id of the type, as the customer of the source defined it. Null when not sent."""
    default_type: str | None
    """Id of the built-in type behind it. Null when not sent."""
    occurred_at: datetime | None
    """When it happened, UTC. Null when not sent or unreadable."""
    rating: int | None
    """Mark that the recruiter gave; may be negative. Null when not sent."""
    media: str | None
    """Medium of the activity. Null when not sent."""
    flag: str | None
    """Colour flag (Human Sourcing pastille). Null when not sent."""
    emailing: bool | None
    """Whether it was part of a mailing. Null when not sent."""
    actor: Contact | None
    """Recruiter who did it. Null when not sent. [personal]"""
    attachments: list[Attachment]
    """Files of this activity, such as messages."""


class Application(TypedDict):
    """One candidate applying for one job. Its key is what an invitation, a result and a score refer to."""

    application_key: str
    """Key of the application: <candidate_key>#<job external id> for id_basis CANDIDATE_JOB, else <source>:<tenant_id>:<application id>."""
    external_id: str
    """Id of the application; the ext_reference_id at Pulsifi is built from it."""
    id_basis: ApplicationIdBasis
    """NATIVE: external_id is of the source. CANDIDATE_JOB: the source has none, it is <candidate id>_<job id>."""
    native_application_id: str | None
    """Id of the newest application event where the application itself has no id (Human Sourcing CAND action). Null otherwise; not stable."""
    job: JobRef
    """The job applied for."""
    stage: ApplicationStage
    """How far the application is, read from the status of the source."""
    status_id: str | None
    """Id of the status at the source. Null when not sent."""
    status_label: str | None
    """Name of the status at the source. Null when not sent."""
    status_group_raw: str | None
    """Group of the status at the source (Jobylon group, idibu status type). Null when not sent."""
    applied_at: datetime | None
    """When the candidate applied, UTC. Null when the source does not say (CleverConnect, Jobylon): see provenance.received_at."""
    last_activity_at: datetime | None
    """Newest activity on the application, UTC. Null when the source does not say."""
    rejected_at: datetime | None
    """When the candidate was refused, UTC. Null when that did not happen, or when the source does not say."""
    reject_reason: str | None
    """Why, in the words of the source. Null when not sent. [personal]"""
    hired_at: datetime | None
    """When the candidate was hired, UTC. Null when that did not happen, or when the source does not say."""
    cover_message: str | None
    """What the candidate wrote to apply. Null when not sent. [personal]"""
    origin: str | None
    """Where the application came from, such as a job board. Null when not sent."""
    answers: list[Answer]
    """Answers on the application form, in the order of the source. [personal]"""
    attachments: list[Attachment]
    """Files sent with this application."""
    activities: list[Activity]
    """What happened to the application (Human Sourcing actions)."""
    requested_by: Contact | None
    """Recruiter who sent the candidate to us (Jobylon request_author). Null when not sent. [personal]"""
    credited_to: Contact | None
    """Recruiter to whom the application is credited. Null when not sent. [personal]"""
    company_id: str | None
    """Id of the company at the source, where one endpoint receives the applications of several. Null when not sent."""
    custom_fields: dict[str, str]
    """Other fields of the source by name; each value is JSON text. [personal]"""


class Candidate(TypedDict):
    """One person as one source knows them, with all their applications. A record is the whole current state of its key and replaces the one before."""

    candidate_key: str
    """Kafka key: <source>:<tenant_id>:<external_id>."""
    external_id: str
    """Id of the candidate at the source, as text; an application id where identity_basis says so."""
    alternate_ids: dict[str, str]
    """Further ids at the source by their names, such as internal_id or id_company. Never used as identity."""
    identity_basis: IdentityBasis
    """PERSON_ID: the source knows persons. APPLICATION_ID: it knows only applications, so one person may have several candidate keys; person_key joins them."""
    person_key: str | None
    """Pseudonym that joins one person over sources of a tenant: hex HMAC-SHA256 of tenant and lower-cased e-mail. Null without a valid e-mail."""
    first_name: str | None
    """Given name. Null when not sent or deleted. [personal]"""
    last_name: str | None
    """Family name. Null when not sent or deleted. [personal]"""
    civility: str | None
    """M, F or D, read from civility_raw; null when it says neither. [personal]"""
    civility_raw: str | None
    """Form of address as sent. Null when not sent. [personal]"""
    email: str | None
    """E-mail address as sent, trimmed; not necessarily valid. Null when not sent or deleted. [personal]"""
    further_emails: list[str]
    """Other e-mail addresses of the candidate, trimmed, in the order of the source. Nobody is invited under them. [personal]"""
    phone_numbers: list[PhoneNumber]
    """Telephone numbers in the order of the source. [personal]"""
    location: Location | None
    """Where the candidate lives or wants to work. Null when not sent. [personal]"""
    headline: str | None
    """Last job title. Null when not sent. [personal]"""
    recruiter_notes: str | None
    """Notes of the recruiter (idibu background_info). Never sent to Pulsifi. Null when not sent. [personal]"""
    communications_opt_out: bool | None
    """True when the candidate wants no messages: nobody is invited then. Null when the source does not say."""
    tags: list[str]
    """Labels that the recruiter attached. [personal]"""
    source_channel: str | None
    """Where the candidate came from, such as a job board (idibu source, CleverConnect origin). Null when not sent."""
    owner: Contact | None
    """Recruiter in charge. Null when not sent. [personal]"""
    created_at: datetime | None
    """When the candidate was created at the source, UTC. Null when the source does not say."""
    skills: list[CandidateSkill]
    """Skills that the source states, in its order."""
    work_experiences: list[WorkExperience]
    """Positions held, in the order of the source. [personal]"""
    educations: list[Education]
    """What the candidate has learned where, in the order of the source. [personal]"""
    languages: list[SpokenLanguage]
    """Languages that the source states, in its order."""
    links: list[Link]
    """Pages that the candidate shows, in the order of the source. [personal]"""
    available_from: date | None
    """First day on which the candidate can start. Null when not sent."""
    availability: str | None
    """When and how the candidate can start, in the words of the source, such as a notice period. Null when not sent."""
    consented_at: datetime | None
    """When the candidate agreed that the data is kept, UTC. Null when the source does not say."""
    attachments: list[Attachment]
    """Files about the person that the source does not tie to one application."""
    applications: list[Application]
    """All applications known for this key. Empty once deleted."""
    custom_fields: dict[str, str]
    """Other fields of the source by name; each value is JSON text, so that types survive. [personal]"""
    lifecycle: Lifecycle
    """DELETED: the source deleted the candidate, and this record holds no personal data. It is followed by a tombstone."""
    deleted_at: datetime | None
    """Receipt of the deletion, UTC. Null unless lifecycle is DELETED."""
    provenance: Provenance
    """The event that made this version."""


class Company(TypedDict):
    """A company that has signed up at a source which serves several through one endpoint. A record is the whole current state of its key and replaces the one before."""

    company_key: str
    """Kafka key: <source>:<tenant_id>:<external_id>. The tenant is the one that the connection gives the company, or the connection's own where it gave none when the company signed up."""
    external_id: str
    """Id of the company at the source, as text."""
    internal_id: str | None
    """Second, internal id at the source. Null when not sent."""
    name: str | None
    """Name. Null when not sent."""
    is_configured: bool | None
    """Whether the company has configured us at the source. Null when not sent."""
    signed_up_at: datetime | None
    """When the company signed up, UTC. Null when not sent."""
    provenance: Provenance
    """The event that made this version."""


class Canary(TypedDict):
    """A made-up delivery of our own has come from the public address of ingress to where its canonical record would have been published. It speaks of nobody, and is on no other topic but the raw one."""

    canary_key: str
    """Kafka key: <source>:<tenant_id>."""
    source: str
    """Name of the source that it was posted as, such as jobylon."""
    tenant_id: str
    """Connection that it came over: the tenant in the webhook's path."""
    event_id: str
    """ce_id of the raw record."""
    posted_at: datetime
    """When the instance of ingress that made it posted it, UTC."""
    received_at: datetime
    """When the instance of ingress that the public address led to had it, UTC."""
    canonical_bytes: int
    """How many bytes its canonical record has, which is made and encoded like any other, and published nowhere."""
    normalizer_version: str
    """Version and commit of the normalizer that mapped it."""


BindingState = Literal["UNKNOWN", "KNOWN", "WANTED", "PENDING", "BOUND", "BLOCKED", "AMBIGUOUS"]
"""KNOWN: nobody needs it at Pulsifi yet. WANTED: an application waits for it. PENDING: the call may be on its way. BOUND: pulsifi_job_id is valid. BLOCKED: a person can fix the reason. AMBIGUOUS: the reply was lost and nobody knows."""


BindingOrigin = Literal["UNKNOWN", "CREATED", "MANUAL"]
"""CREATED: by us over the API. MANUAL: stated by an operator."""


class PulsifiJobBinding(TypedDict):
    """Which job at Pulsifi stands for a canonical job, and how far making it is. There is a record for every canonical job."""

    job_key: str
    """Kafka key: job_key of the canonical job."""
    pulsifi_job_id: str | None
    """Job at Pulsifi, a UUID. Null unless BOUND."""
    external_id: str
    """Identifier of the job sent to Pulsifi, at most 45 characters; hashed when too long."""
    state: BindingState
    """How far the binding is."""
    block_reasons: list[str]
    """Codes that explain BLOCKED, such as DESCRIPTION_TOO_SHORT:120, or why a job that is waited for has not come: JOB_DEAD_LETTERED with the place of the letter. Empty otherwise."""
    pulsifi_status: str | None
    """Status of the job in the words of Pulsifi, such as active. Null until bound."""
    job_kind: str | None
    """kind of the canonical job, so that other partitions can decide. Null when its record is not known."""
    job_status: str | None
    """status of the canonical job. Null when its record is not known."""
    job_lifecycle: str | None
    """lifecycle of the canonical job. Null when its record is not known."""
    valid_through: date | None
    """valid_through of the canonical job. Null when open-ended or not known."""
    date_posted: date | None
    """date_posted of the canonical job: no application for it is older. Null when not known."""
    reference: str | None
    """reference of the canonical job; candidates of other sources may name the job by it. Null when it has none."""
    request_sha256: str | None
    """Hex SHA-256 of the request that created the job; tells a later change. Null until requested."""
    origin: BindingOrigin
    """Who made the binding."""
    attempt: int
    """Number of calls intended so far; 0 before the first."""
    next_attempt_at: datetime | None
    """When the next call is due, UTC. Null when none is."""
    call_deadline_at: datetime | None
    """When the call in flight will have timed out, UTC. Null unless state is PENDING."""
    updated_at: datetime
    """When this record was made, UTC."""


InvitationOutcome = Literal["UNKNOWN", "WAITING", "INTENDED", "INVITED", "BLOCKED", "FAILED", "AMBIGUOUS", "SKIPPED"]
"""WAITING: for the thing in reasons. INTENDED: the call may be on its way. INVITED: Pulsifi confirmed. BLOCKED: a person can fix the reason. FAILED: retries used up. AMBIGUOUS: the reply was lost and nobody knows. SKIPPED: not eligible."""


class FollowedApplication(TypedDict):
    """The application whose invitation counts for this one too."""

    application_key: str
    """Key of the application that holds the claim."""
    partition: int
    """Number of the partition that owns it."""


ApplicationState = Literal["UNKNOWN", "received", "waiting", "blocked", "skipped", "invited", "opened", "started", "completed", "expired", "ambiguous", "withdrawn", "erased"]
"""received: first heard of. waiting: for what the reason names, or on its way to Pulsifi. blocked: cannot be invited as it stands, or Pulsifi took nothing. skipped: not one to invite. invited, opened, started, completed, expired: in the words of Pulsifi. ambiguous: nobody knows whether Pulsifi has it. withdrawn: the source no longer has the application. erased: the person was deleted."""


class PulsifiInvitation(TypedDict):
    """The newest decision about the invitation of one application, and what became of it: the ledger that keeps anyone from being invited twice."""

    event_id: str
    """Id of this decision; the same when it is published again."""
    application_key: str
    """Kafka key: application_key of the canonical candidate."""
    candidate_key: str
    """Canonical candidate."""
    job_key: str
    """Canonical job applied for."""
    ext_reference_id: str
    """Identifier of the application at Pulsifi, at most 50 characters; derived from the application, hashed when too long."""
    pulsifi_job_id: str | None
    """Job at Pulsifi. Null until the job is bound."""
    pulsifi_candidate_id: str | None
    """Candidate at Pulsifi. Null until invited."""
    outcome: InvitationOutcome
    """What became of the application."""
    reasons: list[str]
    """Codes that explain the outcome, such as EMAIL_MISSING or JOB_UNBOUND, some with a detail after a colon. No personal data."""
    status: str | None
    """Status of the candidate in the words of Pulsifi, such as invited or completed. Null until invited."""
    invitation_link: str | None
    """The candidate's way into the assessment, in records of versions without pulsifi.access.v1. Null in all others: it stands there. [secret]"""
    invite_code: str | None
    """Last path segment of invitation_link, in records of versions without pulsifi.access.v1. Null in all others. [secret]"""
    invitation_expired_at: datetime | None
    """When the invitation expires, UTC. Null until invited."""
    created_at: datetime | None
    """When Pulsifi created the invitation, UTC by its clock. Null until invited."""
    http_status: int | None
    """HTTP status of the newest answer. Null when nothing was called or no answer came."""
    is_anonymous_candidate: bool
    """True when Pulsifi was given no name and no e-mail."""
    attempt: int
    """Number of calls intended so far; 0 before the first."""
    first_attempt_at: datetime | None
    """When the first call was intended, UTC, moved by the time that calls waited here since and not at Pulsifi: retries end a fixed time after it. Null before the first."""
    next_attempt_at: datetime | None
    """When the next call is due, UTC. Null unless the answer proved that nothing was processed."""
    call_deadline_at: datetime | None
    """When the call in flight will have timed out, UTC. Null unless outcome is INTENDED."""
    claims: list[str]
    """Keys on pulsifi.claim.v1 that this application has asked for, and holds from then on unless it is WAITING for CLAIM_PENDING or follows another one. Empty when it needs none, and in records of versions without claims."""
    claimed_at: datetime | None
    """When it last asked for claims, UTC; each asking is later than the one before. Null before the first."""
    follows: FollowedApplication | None
    """Whose result is this one's too: it holds the claim. Null unless SKIPPED for PERSON_ALREADY_INVITED."""
    occurred_at: datetime
    """When this decision was made, UTC."""
    source: str | None
    """Name of the source of the application. Null in records of versions without it."""
    tenant_id: str | None
    """Tenant of the application. Null in records of versions without it."""
    state: ApplicationState
    """Where the application stands, as its newest record on pulsifi.status.v1 says. UNKNOWN in records of versions without a history."""
    state_changes: int
    """How many records of the application pulsifi.status.v1 has had: their keys follow from it, so that they can be erased. 0 in records of versions without a history."""


class PulsifiAccess(TypedDict):
    """The way of one application into its assessment, apart from everything else, so that rights can close it. A null value: there is none any more."""

    application_key: str
    """Kafka key: application_key of the canonical candidate."""
    candidate_key: str
    """Canonical candidate."""
    source: str
    """Name of the source of the application."""
    tenant_id: str
    """Tenant of the application."""
    pulsifi_candidate_id: str | None
    """Candidate at Pulsifi. Null when Pulsifi has not said which."""
    invitation_link: str | None
    """The candidate's way into the assessment; whoever has it can take it. Null when Pulsifi has given none. [secret]"""
    invite_code: str | None
    """Last path segment of invitation_link. Null when Pulsifi has given none. [secret]"""
    updated_at: datetime
    """When this was written, UTC."""


ClaimKind = Literal["UNKNOWN", "HOLDS", "FOLLOWS"]
"""HOLDS: may invite. FOLLOWS: was refused a claim, gets the results of its holder, and is told when the holder gives it up."""


class PulsifiClaim(TypedDict):
    """Who alone may invite an application, or a person for a job at Pulsifi, and who follows what becomes of it. A claim that is free has no record."""

    claim_key: str
    """Kafka key. Of HOLDS: application:<ext_reference_id>, or person:<person_key>:<pulsifi_job_id>. Of FOLLOWS: the application that is followed, and partition and application_key of the one that follows, joined by the unit separator U+001F."""
    kind: ClaimKind
    """What the application has of it."""
    application_key: str
    """Application that holds the claim, or follows the one that does."""
    partition: int
    """Number of the partition that owns this application: two candidates in two partitions may name one."""
    claimed_at: datetime
    """When the application asked for it, UTC; what was said of an earlier asking does not count."""
    updated_at: datetime
    """When this record was made, UTC."""


ReferenceKind = Literal["UNKNOWN", "EXT_REFERENCE_ID", "CANDIDATE_ID", "INVITE_CODE", "ERASED"]
"""What sort of identifier a reference is."""


class PulsifiReference(TypedDict):
    """Which application an identifier of Pulsifi belongs to. There is a record for the ext_reference_id, and one each for candidate id and invite code once they are known."""

    reference: str
    """Kafka key: the identifier. An invite code opens the assessment. [secret]"""
    kind: ReferenceKind
    """What sort of identifier it is. ERASED: an ext_reference_id whose person was erased; it stays, so that nobody else is invited for the application."""
    application_key: str
    """Application it belongs to."""
    attempt: int
    """Call for the application, counted from 1, that was the last one intended when this record was made. 1 in records of versions that did not count."""
    partition: int
    """Number of the partition that owns the application."""
    claims: list[str]
    """Keys of pulsifi.claim.v1 that were held for the call, of an EXT_REFERENCE_ID: who holds them is known from here when their own topic has lost it. Empty in other records, and in records of versions without claims."""
    updated_at: datetime
    """When this record was made, UTC."""


InboxKind = Literal["UNKNOWN", "JOB_WANTED", "JOB_REFUSED", "OBSERVE", "OBSERVATION", "INVITATION_ANSWER", "JOB_ANSWER", "COMMAND", "POLL_WANTED", "CANDIDATE_REST", "CLAIM", "CLAIM_ANSWER", "CLAIM_RELEASED", "CLAIM_FREE", "FOLLOW", "SHARED_RESULT"]
"""What a message is about."""


class PulsifiInboxMessage(TypedDict):
    """Something for the owner of a partition: what others ask of it or have learned for it. Only the owner writes the state topics."""

    message_id: str
    """Id of the message. Applying a message twice does nothing twice."""
    kind: InboxKind
    """JOB_WANTED: an application needs the job. JOB_REFUSED: Pulsifi no longer takes candidates for it. OBSERVE: look at the candidate now. OBSERVATION: what a look showed. INVITATION_ANSWER, JOB_ANSWER: the answer to a call whose owner lost the partition meanwhile. COMMAND: from an operator. POLL_WANTED: something of this tenant moved at Pulsifi, and nobody knows what. CANDIDATE_REST: a candidate has more applications than are decided at once, and these are still to be decided. CLAIM: an application asks for claims, of one owner after the other. CLAIM_ANSWER: whether it has them all. CLAIM_RELEASED: it needs one no longer. FOLLOW: an application that was refused follows the one that holds the claim, or does so no longer. CLAIM_FREE: it may ask again. SHARED_RESULT: what became of the one that it follows."""
    entity_key: str
    """Kafka key: job_key of messages about jobs, the tenant of POLL_WANTED, candidate_key of CANDIDATE_REST, application_key of all others."""
    body: str
    """JSON of the kind's own fields. Holds no name and no e-mail; may hold links of an invitation. [secret]"""
    issued_at: datetime
    """When the message was made, UTC."""


class Score(TypedDict):
    """One score as Pulsifi gives it: score_value out of score_format."""

    score_type: str
    """What is scored, such as role_fit."""
    score_value: float
    """Points, between 0 and score_format."""
    score_format: int
    """Points of a full score, normally 100."""


ResultTrigger = Literal["UNKNOWN", "WEBHOOK", "POLL", "MANUAL"]
"""What made us ask Pulsifi."""


class ScoreSet(TypedDict):
    """The scores of one result on pulsifi.score.v1. Their ids, and so their keys there, follow from application_key, this set and the place of a score in it."""

    content_sha256: str
    """content_sha256 of the result that they are part of."""
    observed_at: datetime
    """observed_at of that result, UTC by our clock."""
    count: int
    """How many scores it has, scores and additional_scores together."""


class PulsifiResult(TypedDict):
    """What Pulsifi says about one application, as of observed_at. A new record for each change of status or scores."""

    event_id: str
    """Id of this result; the same when it is published again."""
    application_key: str
    """Kafka key: application_key of the canonical candidate; pulsifi:<candidate_id> when we know no such application."""
    candidate_key: str | None
    """Canonical candidate. Null when we know no such application."""
    job_key: str | None
    """Canonical job. Null when we know no such application."""
    pulsifi_candidate_id: str
    """Candidate at Pulsifi."""
    pulsifi_job_id: str | None
    """Job at Pulsifi. Null when its answer names none."""
    ext_reference_id: str
    """Identifier of the application that we gave Pulsifi."""
    status: str
    """In the words of Pulsifi: invited, opened, started, completed, expired; other words verbatim."""
    scores: list[Score]
    """How well the candidate fits, such as role_fit. Which types come depends on the job at Pulsifi. Empty until there are any."""
    additional_scores: list[Score]
    """Single traits, such as hard_skill or reasoning_verbal. Empty until there are any."""
    report_pdf_link: str | None
    """The report as a file; whoever has the link has the report. Null until there is one. [secret]"""
    report_pdf_link_expires_at: datetime | None
    """Latest moment at which report_pdf_link works, UTC: three months after it was seen. Null without a link."""
    report_profile_link: str | None
    """The report as a page; whoever has the link has the report. Null until there is one. [secret]"""
    invitation_expired_at: datetime | None
    """When the invitation expires, UTC. Null when the answer does not say."""
    created_at: datetime | None
    """When Pulsifi created the invitation, UTC by its clock. Null when the answer does not say."""
    trigger: ResultTrigger
    """WEBHOOK: a callback. POLL: our schedule. MANUAL: an operator."""
    content_sha256: str
    """Hex SHA-256 of status and scores, without links; equal for equal results."""
    observed_at: datetime
    """When Pulsifi answered, UTC by our clock."""
    score_sets: list[ScoreSet]
    """Every set of scores that was published of this application, oldest first: what must be removed when its person is forgotten. Older records name none; their scores stand under application_key."""
    shared_from: str | None
    """application_key of the application that was invited, when it is another one of the same person for the same job. Null when this one was."""


ScoreKind = Literal["UNKNOWN", "FIT", "ADDITIONAL"]
"""FIT: from scores, how well the candidate fits. ADDITIONAL: from additional_scores, a single trait."""


class PulsifiScore(TypedDict):
    """One score of one application, flat, for SQL and spreadsheets. A null value erases what stands under its key. The newest observed_at per application_key and score_type is the current score."""

    event_id: str
    """Kafka key and id of this score; the same when it is published again."""
    application_key: str
    """application_key of the canonical candidate; pulsifi:<candidate_id> when we know no such application. As a Kafka key with a null value: the person was erased, and every score of this application with them."""
    candidate_key: str | None
    """Canonical candidate. Null when we know no such application."""
    job_key: str | None
    """Canonical job. Null when we know no such application."""
    source: str | None
    """Name of the source of the application. Null when we know no such application."""
    tenant_id: str | None
    """Tenant of the application. Null when we know no such application."""
    pulsifi_candidate_id: str
    """Candidate at Pulsifi."""
    pulsifi_job_id: str | None
    """Job at Pulsifi. Null when its answer names none."""
    ext_reference_id: str
    """Identifier of the application that we gave Pulsifi."""
    score_type: str
    """What is scored, such as role_fit or reasoning_verbal."""
    kind: ScoreKind
    """Which list of the result the score comes from."""
    score_value: float
    """Points, between 0 and score_format."""
    score_format: int
    """Points of a full score, normally 100."""
    normalized: float | None
    """score_value / score_format, 0 to 1. Null when score_format is not positive."""
    result_content_sha256: str
    """content_sha256 of the result that the score is part of."""
    observed_at: datetime
    """When Pulsifi answered, UTC by our clock."""


StatusActor = Literal["UNKNOWN", "pipeline", "pulsifi", "operator"]
"""pipeline: a rule, or an event of the source. pulsifi: what Pulsifi answered. operator: a command."""


PulsifiStatus = TypedDict(
    "PulsifiStatus",
    {
        # Id of this change; the same when it is delivered again.
        "event_id": str,
        # Kafka key, of the application and the number of the change. As a Kafka key with a null value: this change was erased with its person.
        "status_key": str,
        # application_key of the canonical candidate. As a Kafka key with a null value: the person was erased, and every change of this application before.
        "application_key": str,
        # Canonical candidate.
        "candidate_key": str,
        # Canonical job applied for.
        "job_key": str,
        # Name of the source of the application.
        "source": str,
        # Tenant of the application.
        "tenant_id": str,
        # Which change of the application this is, from 1. Larger than 16 for the first one of an application that a version without a history knew.
        "number": int,
        # Where it stood before; the same as to when only the reason is another one. Null for the first change.
        "from": ApplicationState | None,
        # Where it stands from now on.
        "to": ApplicationState,
        # Code that explains it, the first one where there are several, such as EMAIL_MISSING or JOB_BLOCKED:DESCRIPTION_TOO_SHORT; without numbers and keys, so that it can be grouped. Null when nothing needs explaining.
        "reason": str | None,
        # Number that belongs to the reason, such as the characters of a description that is too short. Null when it has none.
        "reason_number": int | None,
        # Who brought it about.
        "actor": StatusActor,
        # When it happened as far as anybody knows, UTC: of received, the receipt; of what Pulsifi shows, the look; else the decision.
        "occurred_at": datetime,
        # When it was written down, UTC: what was known at some moment was ingested before it.
        "ingested_at": datetime,
    },
)
"""One change of where one application stands, flat: its history, in the order of its partition. A null value erases what stands under its key."""


AuditKind = Literal["UNKNOWN", "LOOK", "DECISION"]
"""What sort of act it was."""


class AuditEntry(TypedDict):
    """Somebody has looked at what is about single people at the console, or has decided something there or by command. Who, from where, what and about whom; never a value that was seen. It is written before the answer is given, or the command carried out."""

    audit_id: str
    """Kafka key: a random UUID."""
    occurred_at: datetime
    """When it was asked for, UTC."""
    kind: AuditKind
    """A look at data about single people, or a decision."""
    action: str
    """Name of the operation, as the console's API describes it: getTimeline, redriveDeadLetters, export_scores_csv; or as the command line does: ops dead-letters redrive."""
    subjects: list[str]
    """What it was about, each an application_key, the place of a dead letter as topic/partition/offset, or the key that a command names; empty when it was a list, a query or an export, of whatever they found."""
    actor: str
    """Name of the user; CONSOLE_TOKEN for whoever presented that, 'this machine' where nobody had to prove anything. Of a command OPS_USER, else the user of the operating system. [personal]"""
    proved_by: str
    """What proved the actor: machine, token, secret or oidc; of a command os, or said where the command only named somebody."""
    address: str
    """Address that it came from, as far as trusted proxies say; of a command user@host. [personal]"""
