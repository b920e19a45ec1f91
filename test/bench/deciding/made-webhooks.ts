/** Webhooks of every source, made of numbers: usual ones to measure, and odd ones to compare what two versions make of them. */
import { readdirSync, readFileSync } from 'node:fs'
import { idibuCandidate, seeded } from '../idibu-candidates.ts'
import { cleverConnect } from '../payloads.ts'

export interface Webhook {
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface Fixture {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly bodyText?: string
}

const SOURCES = new URL('../../../services/sources/', import.meta.url)

const json = { 'content-type': 'application/json' }

function fixture(source: string, name: string): Fixture {
  return JSON.parse(readFileSync(new URL(`${source}/fixtures/${name}`, SOURCES), 'utf8')).request
}

const webhook = (source: string, headers: Fixture['headers'], text: string): Webhook => ({
  ...{ source, headers, body: Buffer.from(text) },
})

/** The vendor's own example with another person's address and numbers. */
function example(source: string, name: string): (number: number) => Webhook {
  const { headers, body } = fixture(source, `${name}.json`)
  return number => webhook(source, headers, JSON.stringify(ofPerson(body, number)))
}

const IS_NUMBER = /phone|mobile|^tel/i

function ofPerson(value: unknown, number: number, name = ''): unknown {
  if (typeof value === 'string') {
    if (IS_NUMBER.test(name)) return value.replace(/\d{3}(?=\D*$)/, String(number % 1000).padStart(3, '0'))
    return value.replace(/^[^@\s]+@/, `person.${number}@`)
  }
  if (Array.isArray(value)) return value.map(item => ofPerson(item, number, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, ofPerson(item, number, key)]))
}

/** By what they are about; `number` is another person, or another job. */
export const USUAL: Readonly<Record<string, (number: number) => Webhook>> = {
  'idibu candidate, 2 KB': number => webhook('idibu', json, idibuCandidate(number, 0).text),
  'idibu vacancy': example('idibu', 'vacancy.create'),
  'humansourcing candidate': example('humansourcing', 'candidate.update'),
  'humansourcing job': example('humansourcing', 'job.update.every-field'),
  'jobylon candidate': example('jobylon', 'candidate-new'),
  'jobylon job': example('jobylon', 'job-new.html'),
  'cleverconnect application, 2 KB': number => webhook('cleverconnect', json, cleverConnect(number, 2_048)),
  'direct candidate': example('direct', 'candidate.upsert.every-field'),
}

/** Updates and repetitions of candidates, in an order in which vendors send them. */
export function* updates(count: number): Iterable<Webhook> {
  for (let number = 0; number < count; number++) {
    yield webhook('idibu', json, idibuCandidate(number, 0).text)
    if (number > 10) yield webhook('idibu', json, idibuCandidate(number - 10, number % 3).text)
    if (number > 20 && number % 5 === 0) yield webhook('idibu', json, idibuCandidate(number - 20, 0).text)
  }
}

/** What stands in a field of another type, or is written as nobody expects. */
const ODD: readonly unknown[] = [
  ...[
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    1e21,
    true,
    false,
    [],
    {},
    '0',
    [null],
    [[]],
    ['x'],
    { label: 'x' },
    { id: 7 },
  ],
  ...['2024-10-17T16:53:12+02:00', '2017-06-28 15:57:55', '2024-02-30', '2024-02-29T24:00:00Z', '17/10/2024'],
  ...['2024-10-17T16:53:12,5Z', '2024-10-17 16:53 +0530', '2024-13-01', 1729176792, 'March 2019', '2019'],
  ...[
    '020 7946 0018',
    '+44 20 7946 0018 x5',
    '0044 7700 900123',
    '06 12 34 56 78',
    '070-123 45 67',
    '+1 650 253 0000',
  ],
  ...[
    '06 12 34 56 78 / 01 42 68 53 00',
    '0692 12 34 56',
    'tel:+44-20-7946-0018',
    '+39 06 1234 5678',
    'call me',
  ],
  ...['jess@example.com', 'JESS@Example.COM ', 'Jess <jess@example.com>', 'a@b', 'mailto:a@example.org'],
  ...[
    '<p>Hi &amp; bye</p>\n<ul><li>one</li></ul>',
    'line\nline',
    '&lt;p&gt;x&lt;/p&gt;',
    'é'.repeat(90),
    '👩‍💻 Ada',
  ],
  ...[
    'https://example.com/a?b=c#d',
    'ftp://example.com',
    'https://example.com/x?Expires=1700000000&Signature=s',
  ],
  ...[
    'France',
    'gb',
    'Suède',
    'Atlantis',
    'CDI',
    'temps partiel',
    'Hybrid',
    'not active',
    '11',
    'Applicants',
    'M',
    'Frau',
  ],
]

/** Every fixture of every source, and after each `changes` copies of it in which a value or three are odd. */
export function* odd(changes: number): Iterable<Webhook> {
  const folders = readdirSync(SOURCES, { withFileTypes: true }).filter(entry => entry.isDirectory())
  let seed = 1
  for (const { name: source } of folders)
    for (const name of readdirSync(new URL(`${source}/fixtures/`, SOURCES)).sort()) {
      const { headers, body, bodyText } = fixture(source, name)
      yield webhook(source, headers, bodyText ?? JSON.stringify(body))
      if (bodyText === undefined)
        for (let copy = 0; copy < changes; copy++)
          yield webhook(source, headers, JSON.stringify(changed(body, seeded(seed++))))
    }
}

function changed(body: unknown, draw: () => number): unknown {
  let found = body
  for (let left = draw() < 0.8 ? 1 : 3; left > 0; left--) found = withOdd(found, draw)
  return found
}

function withOdd(value: unknown, draw: () => number): unknown {
  if (typeof value !== 'object' || value === null || draw() < 0.05)
    return ODD[Math.floor(draw() * ODD.length)]
  const entries = Object.entries(value)
  const chosen = Math.floor(draw() * entries.length)
  const next = entries.map(([name, item], at) => [name, at === chosen ? withOdd(item, draw) : item] as const)
  return Array.isArray(value) ? next.map(([, item]) => item) : Object.fromEntries(next)
}
