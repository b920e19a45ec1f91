/**
 * What people are asked, in forms and in fields of a customer's own, and what a candidate's record has fields for. The
 * questions are known in French, English and Swedish; what is asked in other words stays among the answers alone.
 */
import type { Education, Link, SpokenLanguage } from '../../schemas/types.ts'
import type { CandidateDraft } from '../core/canonical.ts'
import { calendarDay, DAY_MS } from '../core/reading/dates.ts'
import { isEmail, repairedEmail } from '../core/reading/email.ts'
import { partialDay } from '../core/reading/partial-day.ts'
import { spokenLanguage } from '../core/reading/spoken-language.ts'
import { plainLine } from '../core/reading/text.ts'
import { httpUrl } from '../core/reading/url.ts'
import { remember } from '../core/remember.ts'

export interface Answered {
  readonly question: string | null
  readonly answer: string | null
  /** When it was answered, ms since the epoch; null where nobody knows. */
  readonly atMs: number | null
}

export type Asked = Pick<
  CandidateDraft,
  'educations' | 'languages' | 'links' | 'available_from' | 'availability' | 'consented_at'
>

/**
 * Without accents, capitals, "your", and the marks of a field that must be filled in; `startingDate` is two words. Forms ask
 * the same again and again.
 */
export const plainQuestion = remember((question: string): string => plain(question), 1_000)

const plain = (question: string): string =>
  (plainLine(question) ?? '')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .toLowerCase()
    .replace(/\([^()]*\)/g, ' ')
    .replace(/[^a-z]+/g, ' ')
    .trim()
    .replace(/^(?:quelle? (?:est|sont) )?(?:votre|vos|your|saisissez votre|indiquez votre|ditt?|dina) /, '')

const EMAIL = `(?:adresse )?(?:e ?mail|mail|courriel|mel)(?: address)?|adresse(?: de)? (?:messagerie|courrier)(?: electronique)?|adresse electronique|courrier electronique|e post(?:adress)?`
const WHICH_EMAIL = `autre|deuxieme|seconde?|secondaire|secondary|other|alternat(?:e|ive)|personal|private|work|professional|perso(?:nnelle?)?|pro(?:fessionnelle?)?|annan|alternativ|privat`
const QUESTIONS = {
  email: new RegExp(`^(?:(?:${WHICH_EMAIL}) )?(?:${EMAIL})(?: (?:${WHICH_EMAIL}))?$`),
  availability:
    /^(?:(?:date )?(?:de |d )?disponibilites?|disponible(?: (?:a partir du|des(?: le)?|le))?|(?:delai de |duree (?:de|du) )?preavis|availability(?: date)?|available(?: from)?|notice(?: period)?|(?:earliest |possible |preferred )?start(?:ing)? date|tilltrade(?:sdatum)?|uppsagningstid|tillganglig(?:het| fran)?)$/,
  link: /(?:^| )(?:linked ?in|viadeo|xing|git ?hub|git ?lab|portfolio|site (?:web|internet|perso\w*)|web ?site|home ?page|blog|hemsida|webbplats|behance|stack ?overflow)(?: |$)/,
  education:
    /^(?:(?:dernier|plus haut) )?(?:niveau (?:d |de )?(?:etudes?|formation|diplome|scolaire)|diplome|formation)(?: (?:obtenue?|prepare|le plus eleve|initiale))*$|^(?:highest )?(?:education|degree|qualification)(?: level)?$|^level of education$|^(?:hogsta )?(?:utbildning(?:sniva)?|examen)$/,
  languages:
    /^(?:autres? )?langues?(?: (?:etrangeres?|parlees?|vivantes?|maitrisees?|pratiquees?))*$|^(?:spoken |other )?languages?(?: (?:spoken|known))?$|^sprak(?:kunskaper)?$/,
  consent:
    /(?:^| )(?:rgpd|gdpr|donnees (?:a caractere )?personnelles|politique de confidentialite|privacy (?:policy|notice)|personuppgifter|integritetspolicy|consent(?:ement)?|samtycke)(?: |$)/,
}
const TAKEN_BACK = /(?:^| )(?:not?|pas|refus\w*|retir\w*|retrait|withdr\w*|revok\w*|inte|ej)(?: |$)/
const YES =
  /^(?:oui|yes|ja|true|1|x|on|ok|j['’]accepte.*|accepte|i (?:agree|accept|consent).*|agreed|jag (?:godkänner|samtycker).*)$/i
const NO =
  /^(?:non|no|nej|nein|aucune?s?|neant|néant|none|inga|ingen|false|0|-+|pas du tout|not at all|n\/?a)\.?$/i

/** Addresses that were answered, but for the one that the person is known by. */
export function furtherEmails(answers: readonly Answered[], email: string | null): string[] {
  const known = new Set([repairedEmail(email ?? '').toLowerCase()])
  return asked(answers, QUESTIONS.email)
    .map(({ answer }) => repairedEmail(answer))
    .filter(
      address => isEmail(address) && !known.has(address.toLowerCase()) && known.add(address.toLowerCase()),
    )
}

export function readAsked(answers: readonly Answered[]): Asked {
  const [availability] = asked(answers, QUESTIONS.availability)
  const day = availability === undefined ? null : partialDay(availability.answer)
  return {
    educations: asked(answers, QUESTIONS.education).map(({ answer }) => educationOf(answer)),
    languages: languagesIn(answers),
    links: asked(answers, QUESTIONS.link).flatMap(linkOf),
    availability: availability?.answer ?? null,
    available_from: day?.precision === 'DAY' ? day.first : null,
    consented_at: consentIn(answers),
  }
}

type Given = Answered & { readonly question: string; readonly answer: string }

const asked = (answers: readonly Answered[], pattern: RegExp): Given[] =>
  answers.filter(
    (one): one is Given =>
      one.answer !== null && !NO.test(one.answer.trim()) && pattern.test(plainQuestion(one.question ?? '')),
  )

const educationOf = (degree: string): Education => ({
  ...{ institution: null, degree, field_of_study: null, description: null, start_date: null, end_date: null },
  ...{ start_precision: 'UNKNOWN', end_precision: 'UNKNOWN' },
})

/** People leave out how an address begins. */
function linkOf({ question, answer }: Given): Link[] {
  const isBare = /^[\w-]+(?:\.[\w-]+)+\/\S+$|^www\.\S+$/i.test(answer)
  const url = httpUrl(isBare ? `https://${answer}` : answer)
  return url === null ? [] : [{ url, type: plainLine(question) }]
}

function languagesIn(answers: readonly Answered[]): SpokenLanguage[] {
  const found = answers.flatMap(({ question, answer }) => {
    if (answer === null || NO.test(answer.trim())) return []
    const name = languageAsked(question ?? '')
    return name === null ? [] : [language(name, YES.test(answer) ? null : answer)]
  })
  const listed = asked(answers, QUESTIONS.languages).flatMap(({ answer }) =>
    answer.split(/[,;/\n|+]|\s(?:et|and|och)\s/i).flatMap(listedLanguage),
  )
  const unique = new Map<string, SpokenLanguage>()
  for (const one of [...found, ...listed])
    if (!unique.has(one.code ?? one.name)) unique.set(one.code ?? one.name, one)
  return [...unique.values()]
}

const language = (name: string, proficiency: string | null): SpokenLanguage => ({
  name,
  code: spokenLanguage(name),
  proficiency,
})

/** The words around the language's name, in a question about it alone. */
const AROUND_NAME =
  /^(?:(?:niveau|ma[iî]trise|connaissances?|pratique|langue|level|knowledge|language|kunskaper|niv[aå]|spr[aå]k)(?!\p{L})(?:[\s'’:]+(?:d|de|du|des|la|le|l|en|of|in|i)(?=[\s'’]))*[\s'’:]*)+|\s*(?:\([^)]*\)|(?<!\p{L})(?:level|niveau|skills?|niv[aå]|language|parl[eé]|spoken|written|lu|[eé]crit)(?!\p{L})|[,;:*?/-])+\s*$/giu

/** Longer questions ask for more than a language. */
const LANGUAGE_QUESTION_MAX = 80

/** The language's name in a question about it alone; null where it asks for something else. */
const languageAsked = remember((question): string | null => {
  if (question.length > LANGUAGE_QUESTION_MAX) return null
  const name = (plainLine(question) ?? '')
    .replace(AROUND_NAME, '')
    .replace(/^(?:d|l)['’]\s*/i, '')
    .trim()
  return name.length > 2 && spokenLanguage(name) !== null ? name : null
}, 1_000)

/** `Anglais`, `Anglais (courant)`, `Anglais : C1`. */
function listedLanguage(item: string): SpokenLanguage[] {
  const [, name = '', level] = /^\s*(\p{L}+)\s*(?:[(:–-]\s*([^()]*?)\s*\)?)?\s*$/u.exec(item) ?? []
  return name.length > 2 && spokenLanguage(name) !== null ? [language(name, level || null)] : []
}

/** Who answers yes agrees then; an answer may be the day itself. */
function consentIn(answers: readonly Answered[]): number | null {
  for (const { question, answer, atMs } of asked(answers, QUESTIONS.consent)) {
    if (TAKEN_BACK.test(plainQuestion(question))) continue
    const day = calendarDay(answer)
    if (day !== null) return day * DAY_MS
    if (YES.test(answer.trim())) return atMs
  }
  return null
}
