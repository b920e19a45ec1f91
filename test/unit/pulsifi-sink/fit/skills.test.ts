import { describe, expect, it } from 'vitest'
import type { Job } from '../../../../schemas/types.ts'
import { jobSkills } from '../../../../services/pulsifi-sink/fit/skills.ts'
import { loadLexicon } from '../../../../services/pulsifi-sink/policy-from-config.ts'
import { aJob } from '../records.ts'

const lexicon = loadLexicon()
const skillsOf = (change: Partial<Job>) => jobSkills(aJob({ title: '–', skills: [], ...change }), lexicon)
const stated = (...names: string[]) => names.map(name => ({ name, uri: null, origin: 'SOURCE' as const }))
const inText = (description: string, title = '–') => skillsOf({ description, title }).skills

describe('what a vendor calls skills', () => {
  it('is sent as it is when it names some', () => {
    expect(skillsOf({ skills: stated('Stealth', 'Master of disguise') })).toMatchObject({
      rule: 'source',
      skills: ['Stealth', 'Master of disguise'],
    })
  })

  it('is searched for skills when it is prose of the advert', () => {
    const skills = stated(
      'Vi tror att du har:',
      'Minst 3 års erfarenhet av backendutveckling i Java eller Kotlin',
      'God vana av Kubernetes och AWS, gärna certifierad',
      'Meriterande: PostgreSQL, Kafka, Terraform',
      'Flytande svenska i tal och skrift',
    )
    expect(skillsOf({ skills })).toMatchObject({
      rule: 'text',
      skills: [
        ...['Back-end development', 'Java', 'Kotlin', 'Kubernetes', 'Amazon Web Services'],
        ...['PostgreSQL', 'Apache Kafka', 'Terraform', 'Swedish', 'Written communication'],
      ],
    })
  })

  it.each([
    [
      '(forklift OR "reach truck") AND (leeds OR bradford) NOT nurse',
      ['Forklift driving', 'Reach truck operation'],
    ],
    ['"C#" "ASP.NET" SQL', ['C#', '.NET', 'SQL']],
    ['welder NOT (plumber OR electrician)', ['Welding']],
  ])('is searched for skills when it is a search for people: %j', (search, skills) => {
    expect(skillsOf({ skills: stated(search) })).toMatchObject({ rule: 'text', skills })
  })

  it('is sent where it names some beside prose that says none', () => {
    const skills = stated('Zorbing', 'Vi ses snart på vårt fina kontor i staden')
    expect(skillsOf({ skills, title: 'Instruktör' })).toMatchObject({ rule: 'source', skills: ['Zorbing'] })
  })
})

it('takes no office and no working time of the categories for a skill', () => {
  const categories = ['Office 1', 'Full time', 'Nursing'].map(label => ({
    scheme: 'category',
    external_id: null,
    label,
  }))
  expect(skillsOf({ categories })).toMatchObject({ rule: 'categories', skills: ['Nursing'] })
})

it('puts what the trade needs before languages and personal skills', () => {
  expect(
    inText('You are patient and a good listener, speak German, know PLC programming and welding.'),
  ).toEqual(['PLC programming', 'Welding', 'German', 'Active listening'])
})

it.each([
  ['kund- och leverantörsreskontra', ['Accounts receivable', 'Accounts payable']],
  [
    'plock- och packarbete, lager- och orderhantering',
    ['Order picking', 'Warehouse operations', 'Order processing'],
  ],
  ['You will be taking orders and setting the tables', ['Order taking', 'Table setting']],
  ['Vous préparez des repas équilibrés', ['Meal preparation']],
  ['Du läser ritningar och svetsar', ['Reading technical drawings', 'Welding']],
])('reads compounds and forms: %j', (text, skills) => {
  expect([...inText(text)].sort()).toEqual([...skills].sort())
})

it.each([
  'Excel in your career with us.',
  'Most of our people come by word of mouth; spread the word!',
  'Appartement avec vue sur mer.',
  'Vite, envoyez votre CV ! Le mot du chef : on rit.',
  'React fast: places go quickly. Go for it!',
  'Swift handling of your application; express yourself.',
  'Reporting to the board, bearing in mind the above.',
  'Our boutique recrute. Enseigne régionale.',
  'Poste avec déplacements ponctuels, formation assurée.',
])('is not misled by false friends: %j', text => {
  expect(inText(text)).toEqual([])
})

it.each([
  ['Banking hours, close to a brewery: beer brewing and hydropower nearby', []],
  ['Kunskaper i koncernredovisning krävs inte. Bokföring.', ['Bookkeeping']],
  ['We make pumps.\n\nBenefits\nLanguage courses in Italian, yoga teaching', []],
])('leaves out sectors, what nobody needs, and benefits: %j', (text, skills) => {
  expect(inText(text)).toEqual(skills)
})

it('counts a sector that the title names', () => {
  expect(inText('Beer brewing.', 'Beer brewing assistant')).toEqual(['Beer brewing'])
})

it.each([
  ['Verpleegkundige', 'Je dient medicatie toe en doet wondverzorging.', ['Nursing', 'Wound care']],
  [
    'Lagermedarbejder',
    'Du kører gaffeltruck og modtager varer.',
    ['Warehouse operations', 'Forklift driving'],
  ],
  ['Sykepleier', 'Ansvar for legemiddelhåndtering og sårstell.', ['Nursing', 'Medication administration']],
  ['محاسب', 'نبحث عن محاسب للانضمام إلى فريقنا.', ['Accounting']],
])('says something of an advert of the neighbours: %s', (title, description, skills) => {
  expect(skillsOf({ title, description }).skills).toEqual(expect.arrayContaining(skills))
})
