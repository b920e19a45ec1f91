/** What sources call a level of a skill or a language, in the four words that all of Pulsifi's lists share. */
import type { Proficiency } from '../../platform/pulsifi/pulsifi-api.ts'

/**
 * Whole levels without accents and without words such as "level". Pulsifi's documents disagree on the level between
 * novice and competent ("beginner" or "intermediate"), so it is a novice's.
 */
const WORDS: Readonly<Record<Proficiency, string>> = {
  novice: `novice|beginner|basic|basics|elementary|entry|introductory|limited|limited working|fair|some|low|foundation
    |intermediate|lower intermediate|pre intermediate|a1|a2
    |debutant|debutante|notions|notion|bases|faible|scolaire|elementaire|initie|intermediaire|moyen|moyenne|passable
    |nyborjare|grundlaggande|grund|viss|vissa|medel|lite|skolengelska|begransad|begransade
    |begynder|begynner|grundlaeggende|grunnleggende|noget|noe|middels|beginnend|basis|basaal|gemiddeld|redelijk
    |grundkenntnisse|anfanger|grundlagen`,
  competent: `competent|good|independent|working|solid|skilled|medium|conversational|average|upper intermediate|b1|b2
    |capable|practitioner|satisfactory|confident
    |competent|competente|confirme|confirmee|bon|bonne|bien|autonome|assez bien|assez bon|operationnel|operationnelle
    |correct|correcte|satisfaisant|avance intermediaire
    |kompetent|god|goda|bra|gott|van|god vana|vana|sjalvstandig|medelgod|medelgoda
    |gode|godt|brukbar|selvstaendig|selvstendig|goed|voldoende|zelfstandig|gut|gute`,
  proficient: `proficient|advanced|very good|fluent|strong|experienced|professional|professional working|high|upper
    |full professional|business fluent|extensive|c1
    |avance|avancee|courant|couramment|tres bien|tres bon|tres bonne|experimente|experimentee|professionnel
    |professionnelle|lu ecrit parle|eleve|fort|forte
    |avancerad|avancerade|mycket god|mycket goda|mycket bra|flytande|erfaren|professionell|stark|stor vana|hog
    |meget god|meget gode|meget godt|svaert god|svaert gode|svaert godt|flydende|flytende|erfaren|avanceret|avansert
    |zeer goed|vloeiend|gevorderd|ervaren|vergevorderd|sehr gut|fliessend|fortgeschritten`,
  expert: `expert|master|mastery|excellent|native|native or bilingual|bilingual|mother tongue|first language
    |outstanding|exceptional|guru|c2
    |experte|maitrise|parfait|parfaite|parfaitement|bilingue|natif|native|langue maternelle|maternelle|excellente
    |utmarkt|utmarkta|modersmal|tvasprakig|expertniva|specialist
    |fremragende|modersmaal|morsmal|tosproget|tospraklig|ekspert|uitstekend|moedertaal|tweetalig|muttersprache
    |ausgezeichnet|experte|verhandlungssicher`,
}

const LEVELS: ReadonlyMap<string, Proficiency> = new Map(
  (Object.keys(WORDS) as Proficiency[]).flatMap(level =>
    WORDS[level].split('|').map(word => [word.trim(), level] as const),
  ),
)

/** Words that stand beside a level and say nothing of it. */
const FILLER =
  /\b(?:level|levels|skill|skills|knowledge|proficiency|user|understanding|command|speaker|niveau|connaissances?|competences?|maitrise|pratique|utilisateur|niva|kunskaper?|kunskap|fardigheter|anvandare|kunnskaper?|kundskaber|kennis|kenntnisse|of|de|la|i|a|an|the|un|une|in)\b/g

/** `3/5`, `3 out of 5`, `3 sur 5`, `3 av 5`, `80 %`, `★★★☆☆`. */
const FRACTION = /^(\d{1,3}(?:[.,]\d+)?) ?(?:\/|of|out of|sur|av|von|van) ?(\d{1,3})(?: ?stars?)?$/
const PERCENTAGE = /^(\d{1,3}(?:[.,]\d+)?) ?%$/
const STARS = /^[★⭐●*]+[☆○]*$/u
const STARS_COUNT = 5

/** A share of the best level: a fifth, as Pulsifi's lists have five. */
const SHARES: readonly (readonly [above: number, level: Proficiency])[] = [
  [0.9, 'expert'],
  [0.7, 'proficient'],
  [0.5, 'competent'],
  [0, 'novice'],
]

/** Null for a level that no table has: a level is never invented. */
export function proficiencyOf(stated: string | null): Proficiency | null {
  const text = folded(stated ?? '')
  if (text === '') return null
  const share = shareOf(text)
  if (share !== null) {
    return share > 1 ? null : (SHARES.find(([above]) => share > above)?.[1] ?? null)
  }
  const words = text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  const bare = words.replace(FILLER, ' ').replace(/ +/g, ' ').trim()
  return LEVELS.get(words) ?? LEVELS.get(bare) ?? levelInBrackets(text)
}

const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .replaceAll('ß', 'ss')
    .trim()

function shareOf(text: string): number | null {
  const [, part, whole] = FRACTION.exec(text) ?? []
  if (part !== undefined && Number(whole) >= 2) return decimal(part) / Number(whole)
  const percentage = PERCENTAGE.exec(text)?.[1]
  if (percentage !== undefined) return decimal(percentage) / 100
  if (!STARS.test(text)) return null
  const filled = text.replace(/[☆○]/gu, '').length
  return /[☆○]/u.test(text) ? filled / text.length : filled / STARS_COUNT
}

const decimal = (digits: string): number => Number(digits.replace(',', '.'))

/** `Upper intermediate (B2)`, `B2 – independent`: the Council of Europe's levels say it best. */
function levelInBrackets(text: string): Proficiency | null {
  const level = /(?<![\p{L}\p{N}])([abc][12])(?![\p{L}\p{N}])/u.exec(text)?.[1]
  return level === undefined ? null : (LEVELS.get(level) ?? null)
}
