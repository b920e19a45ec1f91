import { describe, expect, it } from 'vitest'
import { categoryLabels, describeJob, readable } from '../../../../services/pulsifi-sink/fit/description.ts'
import { aJob } from '../records.ts'

const section = (name: string, text: string) => ({ name, text })
const label = (scheme: string, text: string) => ({ scheme, external_id: null, label: text })
const place = {
  raw: null,
  street: null,
  city: 'Lyon',
  postal_code: null,
  region: null,
  country: 'France',
  country_code: 'FR',
  latitude: null,
  longitude: null,
}

it('joins the publishable sections in one order, whatever order they come in, and leaves out others', () => {
  const description_sections = [
    section('benefits', 'Lunch.'),
    section('note', 'Secret.'),
    section('company', 'We.'),
    section('profile', 'You.'),
  ]
  const { text, hasFacts } = describeJob(aJob({ description: 'd'.repeat(300), description_sections }))
  expect(text).toBe(`${'d'.repeat(300)}\n\nYou.\n\nWe.\n\nLunch.`)
  expect(hasFacts).toBe(false)
})

it('never says a section twice', () => {
  const description_sections = [section('profile', 'You.'), section('experience', ' You. ')]
  expect(describeJob(aJob({ title: null, description: 'You.', description_sections })).text).toBe('You.')
})

it('adds each known fact once when the text is too short, and nothing that is not known', () => {
  const job = aJob({
    title: 'Nurse',
    description: 'Two years in a ward.',
    locations: [place, place],
    employment_type: 'FULL_TIME',
    experience_level: 'Two years in a ward.',
    education_level: 'Diploma',
    categories: [
      label('sector', 'Health'),
      label('category', 'Care'),
      label('office', 'Nord'),
      label('sector', 'Autre'),
    ],
    total_job_openings: 2,
    language: 'fr',
  })
  expect(describeJob(job)).toEqual({
    hasFacts: true,
    text: 'Two years in a ward.\n\nPosition: Nurse. Location: Lyon, France. Contract: full time. Education: Diploma. Category: Care; Health. Openings: 2. Language: fr.',
  })
})

it('says nothing of a job of which nothing is known', () => {
  expect(describeJob(aJob({ title: null, description: null }))).toEqual({ text: '', hasFacts: false })
})

it.each([
  ['Know <article> and &nbsp; by heart', 'Know <article> and &nbsp; by heart'],
  ['a < b and c > d', 'a < b and c > d'],
  [' one \t two\r\n\r\n\r\n\r\nthree ', 'one two\n\nthree'],
  ['nul\u0000 and half \ud83e', 'nul and half \ufffd'],
])('reads %j as %j', (block, text) => {
  expect(readable(block)).toBe(text)
})

it.each(['Autre', 'autres', 'Other', 'Övrigt', 'Non renseigné', 'N/A', '-', ' '])(
  'takes %j for no category',
  text => {
    expect(categoryLabels(aJob({ categories: [label('category', text)] }))).toEqual([])
  },
)

it('lists categories from the most exact scheme on', () => {
  const categories = [
    label('sector', 'Health'),
    label('sub_category', 'Surgery'),
    label('category', 'health'),
  ]
  expect(categoryLabels(aJob({ categories }))).toEqual(['Surgery', 'health'])
})

describe('the facts', () => {
  const facts = {
    title: 'Nurse',
    working_time_raw: 'x',
    total_job_openings: 2,
    employment_type: 'PART_TIME',
  } as const

  it.each([
    ['en', 'You care for the people of our ward and help the team.', 'Contract: part time.'],
    [
      'fr',
      'Vous assurez les soins des patients et accompagnez les familles dans le service.',
      'Contrat: temps partiel.',
    ],
    [
      'sv',
      'Du tar hand om våra patienter och har god vana av att arbeta i team.',
      'Anställningsform: deltid.',
    ],
    ['nl', 'Je zorgt voor de mensen op onze afdeling en werkt met een team.', 'Contract: deeltijd.'],
  ])(
    'are told in the language of an advert in %s, whatever the source says of it',
    (_, description, told) => {
      expect(describeJob(aJob({ ...facts, description, language: 'de', locations: [place] })).text).toContain(
        told,
      )
    },
  )

  it('are told in the language that the source names, or of the place, where there is too little text', () => {
    const short = { ...facts, title: 'Chef', description: 'Chef.' }
    expect(describeJob(aJob({ ...short, language: 'sv-SE' })).text).toContain('Befattning: Chef.')
    expect(describeJob(aJob({ ...short, locations: [place] })).text).toContain('Poste: Chef.')
    expect(describeJob(aJob(short)).text).toContain('Position: Chef.')
  })
})

it('counts prose about skills towards the description, after the profile', () => {
  const description_sections = [section('skills', 'You know Java.'), section('profile', 'You.')]
  const { text } = describeJob(aJob({ description: 'd'.repeat(300), description_sections }))
  expect(text).toBe(`${'d'.repeat(300)}\n\nYou.\n\nYou know Java.`)
})
