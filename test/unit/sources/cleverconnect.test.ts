import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256Hex } from '../../../services/core/identity.ts'
import { parseJson } from '../../../services/core/json.ts'
import source from '../../../services/sources/cleverconnect/source.ts'
import { mapEvent, type RawEvent } from '../../../services/sources/source.ts'

const example = {
  id: 12345,
  jobId: 'string',
  candidate: { civility: 'MISS', firstName: 'John', lastName: 'DOE', email: 'user@example.com' },
}

function eventOf(bodyText: string): RawEvent {
  const events = source.split({ headers: {}, body: new TextEncoder().encode(bodyText) })
  if (events.type !== 'ok' || events.value.length !== 1) throw new Error('one event was expected')
  const [event] = events.value
  if (!event) throw new Error('one event was expected')
  return event
}

function candidateOf(body: unknown, settings: Record<string, unknown> = {}, tenant = 'default') {
  const { kind, text } = eventOf(JSON.stringify(body))
  const context = { tenant, receivedAtMs: 0, deliveryId: null, settings: source.settings.parse(settings) }
  const mapped = mapEvent(source, kind, parseJson(text), context)
  if (mapped.type !== 'ok' || mapped.value.type !== 'candidate') throw new Error(JSON.stringify(mapped))
  return mapped.value
}

const attachmentsOf = (attachments: unknown) =>
  candidateOf({ ...example, attachments }).draft.applications[0]?.attachments ?? []

it.each([
  ['Mr.', 'M'],
  ['MISS', 'F'],
  ['Frau', 'F'],
  ['D', 'D'],
  ['DR', null],
  [null, null],
])('C1: reads the civility %s as %s and keeps what was sent', (sent, civility) => {
  const { draft } = candidateOf({ ...example, candidate: { ...example.candidate, civility: sent } })
  expect([draft.civility, draft.civility_raw]).toEqual([civility, sent])
})

it('C2: reads a location in a list as the location', () => {
  const location = { raw: '14 rue Gaillon, 75009 Paris', city: 'Paris', zipCode: '75009', country: 'France' }
  const located = (sent: unknown) =>
    candidateOf({ ...example, candidate: { ...example.candidate, location: sent } }).draft.location
  expect(located([location])).toEqual(located(location))
  expect(located(location)?.country_code).toBe('FR')
})

const PDF = Buffer.from('%PDF-1.7')
const TEXT = Buffer.from('Cleverconnect rocks')

it.each([
  ['a small file', 'application/pdf', PDF],
  ['a large file', 'application/pdf;name=cv.pdf', Buffer.concat([PDF, Buffer.alloc(9_000, 7)])],
])('takes %s out of a data: URI', (_what, type, bytes) => {
  const content = `data:${type};base64,${bytes.toString('base64')}`
  const event = eventOf(JSON.stringify({ ...example, attachments: [{ type: 'resume', content }] }))
  expect(event.files?.map(({ sha256, contentType }) => [sha256, contentType])).toEqual([
    [sha256Hex(bytes), 'application/pdf'],
  ])
  expect(event.text).not.toContain('base64')
})

it.each([
  ['a MIME type', 'application/PDF', PDF, 'application/pdf', []],
  ['a MIME type with a parameter', 'application/pdf; name=a', PDF, 'application/pdf', []],
  ['an extension', 'pdf', PDF, 'application/pdf', []],
  ['nothing, by the bytes', null, PDF, 'application/pdf', []],
  ['a word that says nothing, by the bytes', 'file', PDF, 'application/pdf', []],
  ['a type that the bytes contradict', 'docx', PDF, 'application/pdf', ['CONTENT_TYPE_MISMATCH']],
  ['the bytes, which are text and no PDF', '.pdf', TEXT, 'text/plain', ['CONTENT_TYPE_MISMATCH']],
  ['nothing that is known', null, Buffer.alloc(3), null, ['CONTENT_TYPE_UNVERIFIED']],
] as const)('C3: reads the content type from %s', (_what, contentType, bytes, expected, warnings) => {
  const attachments = [{ type: 'resume', contentType, content: bytes.toString('base64'), fileName: 'a' }]
  const mapped = candidateOf({ ...example, attachments })
  expect(mapped.draft.applications[0]?.attachments[0]?.content_type).toBe(expected)
  expect(mapped.warnings).toEqual(warnings)
})

it.each([
  ['C4: an integer under the path id', 12345, '12345'],
  ['C5: digits in a string', '12345', '12345'],
  ['more digits than a float holds', 123456789012345678n, '123456789012345678'],
])('reads the id from %s', (_what, id, externalId) => {
  const text = JSON.stringify(example).replace('12345', typeof id === 'string' ? `"${id}"` : String(id))
  expect(eventOf(text).entity).toEqual({ type: 'candidate', externalId })
})

it('C6: gives a second delivery of an id the key of the first, whatever else changed', () => {
  const changed = { ...example, origin: 'other', candidate: { email: 'other@example.com' } }
  expect(eventOf(JSON.stringify(changed)).entity).toEqual(eventOf(JSON.stringify(example)).entity)
  const idOf = (body: unknown) => candidateOf(body).draft.applications[0]?.external_id
  expect(idOf(changed)).toBe(idOf(example))
})

it.each([
  [{}, 'cleverconnect'],
  [{ job_source: 'humansourcing' }, 'humansourcing'],
])('C7: with settings %j, jobs are those of %s', (settings, expected) => {
  const job = candidateOf(example, settings).draft.applications[0]?.job
  expect(job).toMatchObject({ source: expected, external_id: 'string' })
})

it('C8: knows no time', () => {
  const { clockMs, draft } = candidateOf(example)
  expect([clockMs, draft.created_at, draft.applications[0]?.applied_at]).toEqual([null, null, null])
})

it.each(['humansourcing:x', 'Human Sourcing', ''])('refuses the setting job_source %j', job_source => {
  expect(source.settings.safeParse({ job_source }).success).toBe(false)
})

it('invites every application', () => {
  expect(source.trigger()).toBe('invite')
})

describe('files', () => {
  it('hands out the bytes and keeps a reference to them in the text', () => {
    const event = eventOf(JSON.stringify({ ...example, attachments: [{ content: PDF.toString('base64') }] }))
    expect(event.files).toMatchObject([
      { contentType: 'application/pdf', fileName: null, sha256: sha256Hex(PDF), sizeBytes: 8 },
    ])
    expect(Buffer.from(event.files?.[0]?.bytes ?? []).equals(PDF)).toBe(true)
    expect(JSON.parse(event.text).attachments).toEqual([
      JSON.parse(`{"content":${event.files?.[0]?.placeholder}}`),
    ])
  })

  it('keeps the text of everything else', () => {
    const before = '"z":1.50,"id":12345,"long":12345678901234567890,"s":"\\u00e9\\/",'
    const content = '"content":"JVBERi0="'
    const text = `{${before}"attachments":[ {"n":1.0,${content}} , {"b": "x"} ],"e":{ }}`
    const event = eventOf(text)
    expect(event.text).toBe(
      `{${before}"attachments":[{"n":1.0,"content":${event.files?.[0]?.placeholder}},{"b": "x"}],"e":{ }}`,
    )
  })

  it('leaves a text without files as it was received', () => {
    const text = ' { "id" : 12345 , "attachments" : [ {"type":"letter","content":null} ] } '
    expect(eventOf(text)).toMatchObject({ text, files: [] })
  })

  it('keeps no base64 of a repeated member', () => {
    const twice = '"content":"JVBERi0x","content":"JVBERi0y"'
    const event = eventOf(`{"id":1,"attachments":[{"content":"JVBERi0z"}],"attachments":[{${twice}}]}`)
    expect(event.text).not.toContain('JVBERi0')
    expect(event.files?.map(file => Buffer.from(file.bytes).toString())).toEqual(['%PDF-2'])
  })

  it('lets nobody write a reference', () => {
    const forged = { $file: { sha256: 'a'.repeat(64), size_bytes: 1, content_type: 'application/pdf' } }
    expect(attachmentsOf([{ content: forged }])).toMatchObject([{ fetch_status: 'REJECTED', blob_uri: null }])
  })

  it('keeps the files of each candidate and tenant apart', () => {
    const attachments = [{ content: PDF.toString('base64') }]
    const uriOf = (id: number, tenant: string) =>
      candidateOf({ ...example, id, attachments }, {}, tenant).draft.applications[0]?.attachments[0]?.blob_uri
    expect(new Set([uriOf(1, 'a'), uriOf(2, 'a'), uriOf(1, 'b')]).size).toBe(3)
    expect(uriOf(1, 'a')).toBe(uriOf(1, 'a'))
  })

  it('takes twelve megabytes out of the text', () => {
    const content = Buffer.concat([PDF, Buffer.alloc(12_000_000)]).toString('base64')
    const event = eventOf(JSON.stringify({ ...example, attachments: [{ type: 'resume', content }] }))
    expect(event.text.length).toBeLessThan(1000)
    expect(event.files?.[0]?.sizeBytes).toBe(12_000_008)
  })

  it('leaves in the text what the same body says without files', () => {
    // A member of this name is no vendor's, and does not survive being read.
    const memberName = fc.string().filter(name => name !== '__proto__')
    fc.assert(
      fc.property(fc.dictionary(memberName, fc.jsonValue()), fc.uint8Array(), (other, bytes) => {
        const body = {
          ...other,
          id: 1,
          attachments: [{ ...other, content: Buffer.from(bytes).toString('base64') }],
        }
        const legacy = 'cvBase64' in other || 'jobkey' in other
        const { text } = legacy ? { text: JSON.stringify(body) } : eventOf(JSON.stringify(body))
        const read = JSON.parse(text)
        read.attachments[0].content = body.attachments[0]?.content
        expect(read).toEqual(JSON.parse(JSON.stringify(body)))
      }),
    )
  })

  describe('large enough to be taken out before the body is read', () => {
    const LARGE = Buffer.concat([PDF, Buffer.alloc(8_000, 7)])
    const large = LARGE.toString('base64')
    const filesOf = (text: string) => eventOf(text).files?.map(({ sha256, fileName }) => [sha256, fileName])
    const largeFile = (fileName: string | null) => [sha256Hex(LARGE), fileName]

    it('hands out each with the name that stands beside it', () => {
      const attachments = [
        { content: large, fileName: 'a' },
        { content: PDF.toString('base64'), fileName: 'b' },
        { fileName: 'none' },
        { fileName: 'c', content: large },
      ]
      const event = eventOf(JSON.stringify({ ...example, attachments }))
      expect(event.files?.map(({ sha256, fileName }) => [sha256, fileName])).toEqual([
        largeFile('a'),
        [sha256Hex(PDF), 'b'],
        largeFile('c'),
      ])
      const [first, second, third] = event.files?.map(({ placeholder }) => JSON.parse(placeholder)) ?? []
      expect(JSON.parse(event.text).attachments).toEqual([
        { content: first, fileName: 'a' },
        { content: second, fileName: 'b' },
        { fileName: 'none' },
        { fileName: 'c', content: third },
      ])
    })

    it.each([
      [
        'spaces around everything',
        (file: string) => `{ "id" : 1 , "attachments" : [ { "content" : "${file}" } ] } `,
      ],
      [
        'escaped slashes',
        (file: string) => `{"id":1,"attachments":[{"content":"${file.replaceAll('/', '\\/')}"}]}`,
      ],
      [
        'a name that is spelled in escapes',
        (file: string) => `{"id":1,"attachments":[{"c\\u006fntent":"${file}"}]}`,
      ],
      [
        'a quote in a text before it',
        (file: string) => `{"id":1,"t":"\\"content","attachments":[{"content":"${file}"}]}`,
      ],
      [
        'a text of the same words',
        (file: string) => `{"id":1,"t":"content","attachments":[{"content":"${file}"}]}`,
      ],
    ])('finds it with %s', (_what, textWith) => {
      const text = textWith(
        Buffer.from(LARGE.map((byte, index) => (index < 8 ? byte : 255))).toString('base64'),
      )
      expect(filesOf(text)).toHaveLength(1)
      expect(eventOf(text).text.length).toBeLessThan(300)
    })

    it.each([
      ['another member', { other: { content: large }, attachments: [] }],
      ['another member beside attachments', { content: large, attachments: [{ content: large }] }],
      ['a deeper member of an attachment', { attachments: [{ content: null, more: { content: large } }] }],
      ['a text', { text: `"content":"${large}"` }],
    ])('leaves what stands in %s', (_what, body) => {
      const event = eventOf(JSON.stringify({ ...example, ...body }))
      expect(event.text).toContain(large)
      const [attachment] = 'attachments' in body ? body.attachments : []
      expect(event.files).toHaveLength(attachment?.content ? 1 : 0)
    })

    it('keeps the last of a repeated member', () => {
      const other = Buffer.concat([LARGE, LARGE]).toString('base64')
      const text = `{"id":1,"attachments":[{"content":"${other}","content":"${large}"}]}`
      expect(filesOf(text)).toEqual([largeFile(null)])
      expect(eventOf(text).text).not.toContain(large)
    })

    it.each([
      ['as it is', '$file'],
      ['in escapes', '\\u0024file'],
    ])('lets nobody write a reference %s', (_what, name) => {
      const reference =
        eventOf(`{"id":1,"attachments":[{"content":"${large}"}]}`).files?.[0]?.placeholder ?? ''
      const forged = reference.replace('$file', name)
      const text = `{"id":1,"attachments":[{"content":${forged}},{"content":"${large}"}],"o":{"content":"${large}"}}`
      const event = eventOf(text)
      expect(event.files).toHaveLength(1)
      expect(JSON.parse(event.text)).toEqual({
        id: 1,
        attachments: [
          { content: { $file: { rejected: 'INVALID_BASE64' } } },
          { content: JSON.parse(reference) },
        ],
        o: { content: large },
      })
    })

    it.each([
      ['a character that is none of base64', `${large}*${large}`],
      ['an end in the middle', `${large}==${large}`],
      ['one digit too many', `${large.replace(/=+$/, '')}A`.padEnd(12_001, 'A')],
    ])('says that %s is no base64', (_what, content) => {
      expect(attachmentsOf([{ content }])).toMatchObject([{ fetch_status: 'REJECTED' }])
    })

    it.each([
      ['a line break in the file', `{"id":1,"attachments":[{"content":"${large}\n"}]}`],
      ['an end within the file', `{"id":1,"attachments":[{"content":"${large}`],
      ['something behind the body', `{"id":1,"attachments":[{"content":"${large}"}]}}`],
    ])('refuses a body with %s as any that is no JSON', (_what, text) => {
      const request = { headers: {}, body: new TextEncoder().encode(text) }
      expect(source.split(request)).toMatchObject({ type: 'reject', code: 'BODY_UNREADABLE' })
    })
  })
})
