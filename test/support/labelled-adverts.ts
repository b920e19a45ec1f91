/** Adverts with the skills that a recruiter would name, and how well the skills that are sent agree with them. */
import { readFileSync } from 'node:fs'
import type { Job } from '../../schemas/types.ts'
import { JOB_SKILLS_COUNT_MAX } from '../../services/platform/pulsifi/limits.ts'
import { aJob } from '../unit/pulsifi-sink/records.ts'

export interface LabelledAdvert {
  readonly job: Job
  /** Each label as the names that mean it, lower case. */
  readonly labels: readonly ReadonlySet<string>[]
}

export interface Agreement {
  readonly sent: number
  readonly right: number
  /** Of at most ten labels an advert, as many as have a place at Pulsifi. */
  readonly places: number
  readonly filled: number
}

const ADVERTS = new URL('../unit/pulsifi-sink/fit/adverts/', import.meta.url)

export function labelledAdverts(
  language: string,
  half: 'tuned' | 'kept' | 'blind',
): readonly LabelledAdvert[] {
  const text = readFileSync(new URL(`${language}-${half}.txt`, ADVERTS), 'utf8')
  return text.split(/^(?=# \d+ )/m).map(advert => labelledAdvert(advert, language))
}

function labelledAdvert(advert: string, language: string): LabelledAdvert {
  const [, title = '', body = '', labels = ''] = /^# \d+ (.*)\n([\s\S]*)\n=> (.*)/.exec(advert) ?? []
  const [description = '', ...parts] = body.split(/^## /m)
  const sections = parts.map(part => {
    const [name = '', ...lines] = part.split('\n')
    return { name, text: lines.join('\n').trim() }
  })
  // One a line, as a source with a field for them has it.
  const skills = sections.find(({ name }) => name === 'skills')?.text.split('\n') ?? []
  return {
    job: aJob({
      title,
      language,
      description: description.trim(),
      description_sections: sections.filter(({ name }) => name !== 'skills'),
      skills: skills.map(name => ({ name, uri: null, origin: 'SOURCE' })),
    }),
    labels: labels.split(';').map(label => new Set(label.split(' = ').map(folded))),
  }
}

/** Back-end and backend, and singular and plural, are one name. */
const folded = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+#.&/]/gu, '')
    .replace(/s$/, '')

/** `namesOf` gives what a skill is called besides its own name. */
export function agreement(
  { labels }: LabelledAdvert,
  sent: readonly string[],
  namesOf: ReadonlyMap<string, readonly string[]>,
): Agreement {
  const met = sent.map(skill => {
    const names = [skill, ...(namesOf.get(skill) ?? [])].map(folded)
    return labels.filter(label => names.some(name => label.has(name)))
  })
  const places = Math.min(JOB_SKILLS_COUNT_MAX, labels.length)
  return {
    sent: sent.length,
    right: met.filter(hits => hits.length > 0).length,
    places,
    filled: Math.min(places, new Set(met.flatMap(hits => hits.slice(0, 1))).size),
  }
}

export const sum = (agreements: readonly Agreement[]): Agreement => ({
  sent: agreements.reduce((total, { sent }) => total + sent, 0),
  right: agreements.reduce((total, { right }) => total + right, 0),
  places: agreements.reduce((total, { places }) => total + places, 0),
  filled: agreements.reduce((total, { filled }) => total + filled, 0),
})
