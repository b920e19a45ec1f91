import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matchSkills, parseLexicon } from '../../../../services/pulsifi-sink/fit/skill-lexicon.ts'
import { tokens } from '../../../../services/pulsifi-sink/fit/skill-words.ts'
import { loadLexicon } from '../../../../services/pulsifi-sink/policy-from-config.ts'

const LEXICON = new URL('../../../../services/pulsifi-sink/lexicon/skills.tsv', import.meta.url)

const bundled = loadLexicon()
const found = (description: string, title = '', profile = '') =>
  matchSkills(bundled, { title, profile, description }, 10).toSorted()

describe('the bundled lexicon', () => {
  it('has at least 1,500 skills', () => {
    expect(bundled.skillsCount).toBeGreaterThanOrEqual(1_500)
  })

  it.each([
    [
      'an English',
      'You know customer service and forklift driving.',
      ['Customer service', 'Forklift driving'],
    ],
    [
      'a French',
      'Vous êtes électricien ; esprit d’équipe et rigueur.',
      ['Attention to detail', 'Electrical installation', 'Teamwork'],
    ],
    [
      'a Swedish',
      'Sjuksköterska med körkort, du är noggrann.',
      ['Attention to detail', 'Driving licence', 'Nursing'],
    ],
    [
      'a text without accents',
      'Electricien, developpement logiciel',
      ['Electrical installation', 'Software development'],
    ],
    ['a text in capitals', 'INFIRMIÈRE', ['Nursing']],
    ['decomposed accents', 'infirmie\u0300re', ['Nursing']],
    [
      'terms with marks',
      'C++, C#, .NET, Node.js and R&D. CI/CD too',
      ['.NET', 'C#', 'C++', 'CI/CD', 'Node.js', 'R&D'],
    ],
    ['a sentence’s full stop', 'We use Python.You too', ['Python']],
    [
      'a nurse’s advert in French',
      'Prises de sang, soins des plaies et surveillance des constantes en gériatrie',
      ['Blood sampling', 'Geriatrics', 'Vital signs monitoring', 'Wound care'],
    ],
    [
      'an accountant’s advert in Swedish',
      'Bokslut, momsredovisning, kontoavstämning; gärna Hogia',
      ['Bank reconciliation', 'Financial reporting', 'Hogia', 'VAT returns'],
    ],
    [
      'a developer’s advert',
      'Quarkus, gRPC, Argo CD and test-driven development',
      ['Argo CD', 'Quarkus', 'Test-driven development', 'gRPC'],
    ],
  ])('reads %s', (_what, text, skills) => {
    expect(found(text)).toEqual(skills)
  })
})

it.each([
  'Benefits: health insurance, life insurance, dental plan, remote work, team building, cocktails on Fridays',
  'A high school diploma or GED, completed vocational training or higher education',
  'We are paving the way, forging partnerships and living our philosophy; welcome as a new joiner',
  'Nous proposons mutuelle santé, télétravail, convention collective, formation continue et conciergerie',
  'Vite, postulez ! Un groupe breton au Pays basque, présent à travers le territoire',
  'Vi har kollektivavtal, friskvårdsbidrag, företagshälsovård och distansarbete; vår filosofi är enkel',
])('takes ordinary words of an advert for what they are: %j', text => {
  expect(found(text)).toEqual([])
})

it('lets no term lead to two skills', () => {
  const rows = readFileSync(LEXICON, 'utf8').split('\n')
  const terms = rows
    .filter(row => row !== '' && !row.startsWith('#'))
    .flatMap(row => {
      const [name = '', others = ''] = row.split('\t')
      const own = [name, ...others.split('|')].map(term => tokens(term.replace(/^=/, ''), null))
      return [...new Set(own.map(words => words.map(({ word }) => word).join(' ')))]
    })
    .filter(term => term !== '')
  expect(terms.filter((term, at) => terms.indexOf(term) !== at)).toEqual([])
})

describe('short terms', () => {
  it.each([
    ['Languages: C, Go, R', ['C', 'Go', 'R']],
    ['- C\n- Go', ['C', 'Go']],
    ['experience with C and Go.', ['C', 'Go']],
    ['développement en C ou R', ['C', 'R']],
    ['HR and UX', ['Human resources', 'UX']],
  ])('count as items: %j', (text, skills) => {
    expect(found(text)).toEqual(skills)
  })

  it.each([
    'Go further with us! Ready, set, go',
    'vitamin C, hepatitis B or C',
    'Permis B, C et D; körkort B, C',
    "J'AI, AI-driven, C-level",
    'c, r, go, hr, ux',
  ])('do not count in %j', text => {
    const skills = found(text)
    for (const name of ['C', 'R', 'Go', 'AI', 'Human resources', 'UX']) expect(skills).not.toContain(name)
  })
})

it.each([
  ['we excel, react swiftly and are safe', []],
  ['Excel, React', ['Excel', 'React']],
  ['Javanese', []],
  ['customer. Service', []],
  ['the Swedish word lön is not lon', ['Swedish']],
  ['en vacker stad, staden vid havet', []],
  ['de dagliga målen', []],
])('reads whole words in their case: %j', (text, skills) => {
  expect(found(text)).toEqual(skills)
})

const lexicon = parseLexicon('# heading\n\nData\nData science\tscience des données\nLean\nRisk\nAudit')
const ranked = (text: Partial<Parameters<typeof matchSkills>[1]>, countMax = 10) =>
  matchSkills(lexicon, { title: '', profile: '', description: '', ...text }, countMax)

it('prefers the longest term and uses its words up', () => {
  expect(ranked({ description: 'Data science, science des données' })).toEqual(['Data science'])
})

it('ranks by title, then profile, then frequency, then place', () => {
  const text = { title: 'Audit', profile: 'Lean', description: 'risk data data, lean lean lean lean' }
  expect(ranked(text)).toEqual(['Audit', 'Lean', 'Data', 'Risk'])
  expect(ranked(text, 2)).toEqual(['Audit', 'Lean'])
})

it('matches an accented word only against itself', () => {
  expect(ranked({ description: 'Léan' })).toEqual([])
})

it("what is somebody else's is no skill of the holder's, and a word of another language none at all", () => {
  expect(found("You keep the delivery driver's run sheets.")).toEqual([])
  expect(found('Du möter 11 000 patienter.')).toEqual([])
  expect(found('You have a driver’s licence.')).toEqual(['Driving licence'])
})
