/** The language of a text, by the small words that every text is full of. */

export type Language = 'en' | 'fr' | 'sv' | 'de' | 'nl' | 'da' | 'no' | 'es' | 'it'

const WORDS: Readonly<Record<Language, string>> = {
  en: 'the and of to in for with you we are is our your will a on as an be this that from have or at by it who they',
  fr: 'le la les des et de du en pour vous un une nous est dans sur avec au aux votre notre vos nos qui que par ou être ce se à plus',
  sv: 'och att det som för på är av med den du vi har till en ett i kan om eller ditt din vår våra hos oss dig inom samt även',
  de: 'und der die das den dem in zu mit für von auf ist sie wir im ein eine des als bei ihre unser werden sind oder nach',
  nl: 'de het een en van in voor met je wij op te is dat die zijn ons aan bij als jouw naar ben om we bent onze',
  da: 'og at det som for på er af med den du vi har til en et i kan om eller din vores hos os dig samt jeg ikke mere',
  no: 'og å det som for på er av med den du vi har til en et i kan om eller din vår våre hos oss deg samt ikke mer',
  es: 'el la los las de y en para con un una que del por es se su tu nuestro nuestra al como más o ser eres',
  it: 'il la lo gli le di e in per con un una che del della è si tuo nostro nostra al come più o essere sei dei',
}

const LANGUAGES: ReadonlyMap<string, readonly Language[]> = (() => {
  const known = new Map<string, Language[]>()
  for (const language of Object.keys(WORDS) as Language[])
    for (const word of WORDS[language].split(' ')) known.set(word, [...(known.get(word) ?? []), language])
  return known
})()

/** Fewer small words, or a lead this small, may be chance. */
const HITS_MIN = 3
const LEAD_MIN = 1.15
const LENGTH_MAX = 2_000

/** Null when the text is too short, or of a language that is not known here. */
export function languageOf(text: string): Language | null {
  const hits = new Map<Language, number>()
  for (const [word] of text
    .slice(0, LENGTH_MAX)
    .toLowerCase()
    .matchAll(/\p{L}+/gu))
    for (const language of LANGUAGES.get(word) ?? []) hits.set(language, (hits.get(language) ?? 0) + 1)
  const [first, second] = [...hits].sort(([, a], [, b]) => b - a)
  if (first === undefined || first[1] < HITS_MIN) return null
  return second === undefined || first[1] >= second[1] * LEAD_MIN ? first[0] : null
}

/** The language that a tag of BCP 47 names, such as `fr-FR`; null for one that is not known here. */
export function languageByTag(tag: string | null): Language | null {
  const [base = ''] = tag?.trim().toLowerCase().split(/[-_]/) ?? []
  const name = base === 'nb' || base === 'nn' ? 'no' : base
  return isLanguage(name) ? name : null
}

const isLanguage = (name: string): name is Language => Object.hasOwn(WORDS, name)
