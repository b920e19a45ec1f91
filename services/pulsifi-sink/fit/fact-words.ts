/** The names of a job's facts, and what its kinds of contract are called, in the languages of adverts. */
import type { EmploymentType } from '../../../schemas/types.ts'
import type { Language } from '../../core/reading/language.ts'

export type Fact =
  | 'position'
  | 'organisation'
  | 'location'
  | 'contract'
  | 'workingTime'
  | 'experience'
  | 'education'
  | 'category'
  | 'openings'
  | 'language'

const FACTS = [
  'position',
  'organisation',
  'location',
  'contract',
  'workingTime',
  'experience',
  'education',
  'category',
  'openings',
  'language',
] as const

/** In the order of `FACTS`. */
const NAMES: Readonly<Record<Language, string>> = {
  en: 'Position, Organisation, Location, Contract, Working time, Experience, Education, Category, Openings, Language',
  fr: 'Poste, Entreprise, Lieu, Contrat, Temps de travail, Expérience, Formation, Catégorie, Postes à pourvoir, Langue',
  sv: 'Befattning, Arbetsgivare, Ort, Anställningsform, Arbetstid, Erfarenhet, Utbildning, Kategori, Antal platser, Språk',
  de: 'Stelle, Unternehmen, Ort, Vertragsart, Arbeitszeit, Erfahrung, Ausbildung, Bereich, Offene Stellen, Sprache',
  nl: 'Functie, Organisatie, Locatie, Contract, Arbeidstijd, Ervaring, Opleiding, Categorie, Aantal vacatures, Taal',
  da: 'Stilling, Virksomhed, Sted, Ansættelse, Arbejdstid, Erfaring, Uddannelse, Kategori, Antal stillinger, Sprog',
  no: 'Stilling, Virksomhet, Sted, Ansettelse, Arbeidstid, Erfaring, Utdanning, Kategori, Antall stillinger, Språk',
  es: 'Puesto, Empresa, Lugar, Contrato, Jornada, Experiencia, Formación, Categoría, Vacantes, Idioma',
  it: 'Posizione, Azienda, Luogo, Contratto, Orario, Esperienza, Formazione, Categoria, Posti disponibili, Lingua',
}

const CONTRACTS: readonly EmploymentType[] = ['FULL_TIME', 'PART_TIME', 'CONTRACTOR', 'TEMPORARY', 'INTERN']

/** In the order of `CONTRACTS`. */
const CONTRACT_NAMES: Readonly<Record<Language, string>> = {
  en: 'full time, part time, contractor, temporary, intern',
  fr: 'temps plein, temps partiel, indépendant, temporaire, stage',
  sv: 'heltid, deltid, konsult, visstid, praktik',
  de: 'Vollzeit, Teilzeit, freie Mitarbeit, befristet, Praktikum',
  nl: 'voltijd, deeltijd, freelance, tijdelijk, stage',
  da: 'fuldtid, deltid, freelance, tidsbegrænset, praktik',
  no: 'heltid, deltid, frilans, midlertidig, praktikk',
  es: 'jornada completa, media jornada, autónomo, temporal, prácticas',
  it: 'tempo pieno, tempo parziale, collaborazione, tempo determinato, tirocinio',
}

export const factName = (fact: Fact, language: Language): string =>
  NAMES[language].split(', ')[FACTS.indexOf(fact)] ?? fact

/** Null for what says nothing. */
export function contractName(type: EmploymentType, language: Language): string | null {
  const at = CONTRACTS.indexOf(type)
  return CONTRACT_NAMES[language].split(', ')[at] ?? null
}
