import type {
  Contact,
  DescriptionSection,
  Label,
  Location,
  Organization,
  Salary,
} from '../../../schemas/types.ts'
import { emptyJob, type JobDraft } from '../../core/canonical.ts'
import { countryCode } from '../../core/reading/country.ts'
import { plainLine, prose } from '../../core/reading/text.ts'
import { httpUrl } from '../../core/reading/url.ts'
import { employmentType } from '../employment-type.ts'
import { customFields, named, readDay, readMoment } from '../lenient.ts'
import type { MappedJob } from '../source.ts'
import { isSpontaneous } from '../spontaneous.ts'
import { workplaceOf } from '../workplace-type.ts'
import { ZONE_IF_NAIVE } from './actions.ts'
import type { JobEvent } from './payload.ts'

type JobData = JobEvent['data']

/** A job as sent. Creation and update both carry the whole job. It has no status: a job that is gone is deleted. */
export const toJob =
  (change: MappedJob['change']) =>
  ({ data }: JobEvent): MappedJob => {
    const warnings = new Set<string>()
    const clockMs = readMoment(data.job_updated_at, ZONE_IF_NAIVE, warnings)
    const description = prose(data.job_description)
    if (description.html !== null) warnings.add('HTML_STRIPPED')
    const draft: JobDraft = {
      ...emptyJob(data.job_id),
      alternate_ids: data.job_reference === null ? {} : { reference: data.job_reference },
      reference: data.job_reference,
      title: plainLine(data.job_title),
      description: description.text,
      description_html: description.html,
      description_sections: sectionsOf(data),
      kind: isSpontaneous(data.job_type, data.job_title) ? 'SPONTANEOUS' : 'POSTING',
      ...employmentOf(data),
      working_time_raw: data.job_working_time,
      ...workplaceOf(data.job_working_time, data.job_contract_type, data.job_contract_status, data.job_city),
      hiring_organization: organizationOf(data),
      locations: locationsOf(data),
      date_posted: readDay(data.job_published_at, warnings),
      job_start_date: readDay(data.job_jobstart, warnings) ?? readDay(data.job_mission_start, warnings),
      total_job_openings: data.job_nb_cand_to_recruit,
      salary: salaryOf(data),
      experience_level: data.job_experience_level,
      education_level: data.job_education_level,
      categories: categoriesOf(data),
      apply_url: httpUrl(data.job_form_url),
      contacts: contactsOf(data),
      custom_fields: customFieldsOf(data),
    }
    return { type: 'job', change, clockMs, warnings: [...warnings], draft }
  }

function sectionsOf(data: JobData): DescriptionSection[] {
  const blocks = [
    { name: 'profile', text: prose(data.job_profil).text },
    { name: 'company', text: prose(data.job_company_description).text },
  ]
  return blocks.flatMap(({ name, text }) => (text === null ? [] : [{ name, text }]))
}

function employmentOf(data: JobData): Pick<JobDraft, 'employment_type' | 'employment_type_raw'> {
  const labels = [data.job_contract_type, data.job_contract_status].filter(label => label !== null)
  const raw = labels.join(' / ') || null
  return { employment_type: employmentType(raw, data.job_working_time), employment_type_raw: raw }
}

function organizationOf(data: JobData): Organization | null {
  const organization = {
    external_id: null,
    internal_id: null,
    name: plainLine(data.job_company),
    description: prose(data.job_company_description).text,
    logo_url: httpUrl(data.job_logo),
    customer: data.job_customer,
  }
  return Object.values(organization).some(value => value !== null) ? organization : null
}

function locationsOf(data: JobData): Location[] {
  const country = data.job_country_intl
  const location: Location = {
    raw: data.job_address,
    street: null,
    city: data.job_city,
    postal_code: null,
    region: null,
    country: country?.name ?? null,
    country_code: countryCode(country?.iso2 ?? country?.code ?? country?.name ?? null),
    latitude: null,
    longitude: null,
  }
  return Object.values(location).some(value => value !== null) ? [location] : []
}

const salaryOf = ({ job_salary, job_var_salary }: JobData): Salary | null =>
  job_salary === null && job_var_salary === null
    ? null
    : { raw: job_salary, variable_raw: job_var_salary, min: null, max: null, currency: null, period: null }

/** The id of the family "other". */
const OTHER = '999999999'

function categoriesOf(data: JobData): Label[] {
  return [
    ...label('category', data.job_category_id, data.job_category_name),
    ...label('sub_category', data.job_sub_category_id, data.job_sub_category_name),
    ...label('sector', data.job_secteur_id, data.job_secteur_name),
    ...label('office', data.job_office_id, data.job_office_name),
    ...(areLabels(data.job_regions) ? labels('region', data.job_regions) : []),
    ...(areLabels(data.job_departments) ? labels('department_fr', data.job_departments) : []),
  ]
}

const label = (scheme: string, id: string | null, name: string | null): Label[] =>
  id === '0' || id === OTHER || (id === null && name === null)
    ? []
    : [{ scheme, external_id: id, label: name }]

const areLabels = (values: readonly unknown[]): boolean => values.every(value => named(value) !== null)
const labels = (scheme: string, values: readonly unknown[]): Label[] =>
  values.flatMap(value => label(scheme, named(value)?.id ?? null, named(value)?.label ?? null))

const contactsOf = ({ job_interlocutor_id, job_interlocutor_name }: JobData): Contact[] =>
  job_interlocutor_id === null
    ? []
    : [
        {
          external_id: job_interlocutor_id,
          account_id: null,
          role: 'interlocutor',
          first_name: null,
          // One field holds the whole name; where to divide it would be a guess.
          last_name: job_interlocutor_name,
          email: null,
        },
      ]

const customFieldsOf = (data: JobData): JobDraft['custom_fields'] =>
  customFields({
    internal_comment: data.job_commentaire,
    job_type: data.job_type,
    job_city_intl: data.job_city_intl,
    job_country_code: data.job_country_intl?.code,
    job_mission_start: data.job_jobstart === null ? null : data.job_mission_start,
    job_regions: areLabels(data.job_regions) ? null : data.job_regions,
    job_departments: areLabels(data.job_departments) ? null : data.job_departments,
  })
