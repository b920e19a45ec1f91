/** idibu's candidate webhooks as an agency sends them: whole snapshots of about 2 KB, the same for the same number and version. */
import { createHash } from 'node:crypto'

export interface Snapshot {
  /** The candidate's id at idibu. */
  readonly id: string
  readonly kind: 'candidate.create' | 'candidate.update'
  readonly text: string
}

/** Numbers below 1 that follow from the seed alone (a linear congruential generator; high bits only). */
export function seeded(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 4_294_967_296
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) / 0x1000000
  }
}

type Draw = ReturnType<typeof seeded>

/** Of a list, or a whole number below a count. */
const one = <Item>(draw: Draw, items: readonly [Item, ...Item[]]): Item =>
  items[Math.floor(draw() * items.length)] ?? items[0]
const below = (draw: Draw, count: number): number => Math.floor(draw() * count)
const digits = (draw: Draw, length: number): string => String(below(draw, 10 ** length)).padStart(length, '0')

interface Place {
  readonly country: string
  readonly towns: readonly [string, ...string[]]
  readonly at: readonly [latitude: number, longitude: number]
  readonly mobile: (draw: Draw) => string
  readonly landline: (draw: Draw) => string
}

const PLACES: readonly [Place, ...Place[]] = [
  {
    country: 'United Kingdom',
    towns: ['London', 'Leeds, West Yorkshire', 'Bristol', 'Manchester, Greater Manchester'],
    at: [51.5, -0.12],
    mobile: draw => `+44 7${one(draw, ['400', '700', '911', '812'])} ${digits(draw, 6)}`,
    landline: draw => `020 79${digits(draw, 2)} ${digits(draw, 4)}`,
  },
  {
    country: 'France',
    towns: ['Paris (75)', 'Lyon, Rhône-Alpes', 'Nantes'],
    at: [48.85, 2.35],
    mobile: draw => `06 ${10 + below(draw, 90)} ${digits(draw, 2)} ${digits(draw, 2)} ${digits(draw, 2)}`,
    landline: draw => `+33 1 4${digits(draw, 1)} ${digits(draw, 2)} ${digits(draw, 2)} ${digits(draw, 2)}`,
  },
  {
    country: 'Sweden',
    towns: ['Göteborg', 'Malmö', 'Stockholm'],
    at: [57.7, 11.97],
    mobile: draw => `070-${digits(draw, 3)} ${digits(draw, 2)} ${digits(draw, 2)}`,
    landline: draw => `0046 31 ${1 + below(draw, 9)}${digits(draw, 5)}`,
  },
  {
    country: 'Ireland',
    towns: ['Dublin', 'Cork'],
    at: [53.35, -6.26],
    mobile: draw => `085 ${digits(draw, 7)}`,
    landline: draw => `+353 1 ${2 + below(draw, 8)}${digits(draw, 6)}`,
  },
]

const FIRST = [
  'Jess',
  'Oliver',
  'Zoë',
  'François',
  'Kajsa',
  'Siân',
  'Łukasz',
  'Priya',
  'Åsa',
  'Hannah',
] as const
const LAST = [
  'Quincy',
  "O'Sample",
  'Lefèvre',
  'van den Berg',
  'Patel',
  'Söderström',
  'Müller',
  'Brown',
] as const
const TITLES = [
  'Recruitment Consultant',
  'Senior Software Engineer',
  'Care Home Manager',
  'Responsable de magasin',
  'Backendutvecklare',
] as const
const EMPLOYERS = ['Example Ltd', 'Société Modèle SARL', 'Exempel AB', 'Placeholder Logistics'] as const
const FEEDS = ['Aptrack Test Feed', 'Indeed', 'CV Library', 'Totaljobs'] as const
const NOTES = [
  'Prefers mornings. ',
  'Open to relocation within two hours of home. ',
  'Strong references from the last two roles. ',
  'Disponible à partir de septembre. ',
  'Three days in the office at most. ',
] as const
const DUTIES = [
  'Led a team across three regions.',
  'Responsible for rotas, audits and suppliers.',
  'Pilotage d’une équipe et accueil des nouveaux.',
] as const
const STATUSES = [
  { id: '11', type: 'default', label: 'Applicants' },
  { id: '10', type: 'extra', label: 'Shortlisted' },
  { id: '14', type: 'extra', label: 'Interview' },
] as const

const DAY_MS = 86_400_000
/** When the first of them was created; they follow one another by the second. */
export const FIRST_AT_MS = Date.UTC(2026, 0, 5, 8)
const stamp = (ms: number): string => new Date(ms).toISOString().replace(/[.]\d+Z$/, '+00:00')

/**
 * Version 0 is the creation, each later one an update in which the first application has moved on and links are signed
 * anew. Notes fill it up to `bytes`.
 */
export function idibuCandidate(number: number, version: number, bytes = 2_048): Snapshot {
  const draw = seeded(number + 1)
  const id = String(10_000_000 + number)
  const atMs = FIRST_AT_MS + (number + version * 100_000) * 1_000
  const body = {
    payload: {
      id,
      ...person(draw, number),
      ...places(draw),
      ...belongings(draw, { id, number, version, atMs }),
    },
    'payload-information': {
      timestamp: stamp(atMs),
      webhook_event: version === 0 ? 'candidate.create' : 'candidate.update',
    },
  }
  const missing = bytes - Buffer.byteLength(JSON.stringify(body))
  while (body.payload.background_info.length < missing) body.payload.background_info += one(draw, NOTES)
  body.payload.background_info = body.payload.background_info.slice(0, Math.max(0, missing)).trim()
  return { id, kind: version === 0 ? 'candidate.create' : 'candidate.update', text: JSON.stringify(body) }
}

function person(draw: Draw, number: number) {
  const [firstname, lastname] = [one(draw, FIRST), one(draw, LAST)]
  return {
    firstname,
    lastname,
    comms_status: draw() < 0.95 ? 'applied' : 'unsubscribed',
    email: `${firstname.normalize('NFD').replace(/[^A-Za-z]/g, '')}.${number}@example.com`,
    background_info: '',
    created_by: {
      ...{ id: '123', profile_id: String(401 + below(draw, 40)), email: 'consultant@agency.example' },
      ...{ firstname: one(draw, FIRST), lastname: one(draw, LAST) },
      group: { id: '7', label: 'North' },
      subgroup: { id: '8', parent_id: '7', label: 'York' },
    },
    creation_date: stamp(FIRST_AT_MS - (1 + below(draw, 400)) * DAY_MS),
    videos: [],
    source: one(draw, FEEDS),
    job_title: one(draw, TITLES),
  }
}

function places(draw: Draw) {
  const { country, towns, at, mobile, landline } = one(draw, PLACES)
  return {
    country,
    address: `${1 + below(draw, 300)} Example Street`,
    location: {
      place: one(draw, towns),
      lat: (at[0] + draw() / 10).toFixed(4),
      lng: Number((at[1] + draw() / 10).toFixed(4)),
    },
    phone: landline(draw),
    phone_mobile: mobile(draw),
  }
}

interface Which {
  readonly id: string
  readonly number: number
  readonly version: number
  readonly atMs: number
}

function belongings(draw: Draw, { id, number, version, atMs }: Which) {
  const work = (from: string, more: object) => ({
    ...{ job_title: one(draw, TITLES), company: one(draw, EMPLOYERS), start_date: from },
    ...{ ...more, description: one(draw, DUTIES) },
  })
  const token = createHash('sha256').update(`${number}/${version}`).digest('base64url')
  const file = `https://v3.idibu.com/c/cloud/get-file/clientID/123/type/apptrack/file/${token}/id/${number}`
  return {
    vacancies: Array.from({ length: draw() < 0.8 ? 1 : 2 }, (_, at) => ({
      id: String(90_000 + ((number * 31 + at * 977) % 1500)),
      reference: `TP-${1000 + below(draw, 9000)}`,
      title: one(draw, TITLES),
      status: STATUSES[at === 0 ? Math.min(version, 2) : 0],
    })),
    attachments: [
      {
        ...{ file_id: String(60_000_000 + number), filename: `${id}_CV.docx`, type: 'cv_doc' },
        file_link: `${file}?Expires=${Math.floor(atMs / 1000)}&Signature=${token.slice(0, 20)}`,
      },
    ],
    work_history: [
      work(`2021-${String(1 + below(draw, 12)).padStart(2, '0')}-01`, {}),
      work(`2017-${String(1 + below(draw, 12)).padStart(2, '0')}-01`, { end_date: '2020-12-31' }),
    ],
    custom_fields: [
      { name: 'notice', value: `${1 + below(draw, 3)} months` },
      { name: 'driving_licence', value: draw() < 0.5 },
      { name: 'rating', value: 1 + below(draw, 5) },
    ],
  }
}
