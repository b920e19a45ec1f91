import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../../../../infra/demo/post-webhooks.ts'
import { report, table } from '../../../../infra/demo/report.ts'
import { applicationKey, STORY } from '../../../../infra/demo/story.ts'
import { neutral } from '../../../../infra/demo/surroundings.ts'

const webhooks = readdirSync(new URL('../../../../infra/demo/webhooks/', import.meta.url))

describe('the story', () => {
  it('has an application of every source', () => {
    expect(new Set(STORY.applications.map(({ source }) => source))).toEqual(
      new Set(STORY.steps.map(({ source }) => source)),
    )
    expect(new Set(STORY.steps.map(({ source }) => source)).size).toBe(4)
  })

  it('names no application twice', () => {
    const keys = STORY.applications.map(application => applicationKey('default', application))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it.each(STORY.steps.filter(({ file }) => file.endsWith('.json')))('$file is JSON', step => {
    expect(() => JSON.parse(bodyOf(step))).not.toThrow()
  })

  it('has one body that nobody can read', () => {
    const unreadable = STORY.steps.filter(({ file }) => !file.endsWith('.json'))
    expect(unreadable).toHaveLength(1)
    for (const step of unreadable) expect(() => JSON.parse(bodyOf(step))).toThrow()
  })

  it.each(STORY.steps.filter(({ replace }) => replace !== undefined))(
    '$says: differs from the file',
    step => {
      expect(bodyOf(step)).not.toBe(bodyOf({ ...step, replace: ['', ''] }))
    },
  )

  it('is about nobody: every address is at example.com', () => {
    const texts = webhooks.map(file => bodyOf({ says: '', source: 'idibu', file }))
    const addresses = texts.flatMap(text => text.match(/[\w.]+@[\w.]+/g) ?? [])
    expect(addresses.length).toBeGreaterThan(10)
    expect(addresses.filter(address => !address.endsWith('@example.com'))).toEqual([])
  })

  it('posts every file but those that are left for the reader', () => {
    const posted = new Set(STORY.steps.map(({ file }) => file))
    expect(webhooks.filter(file => !posted.has(file))).toEqual([
      'direct-job.json',
      'jobylon-candidate-try-it.json',
    ])
  })
})

describe("the demo's environment", () => {
  const sources = ['humansourcing', 'jobylon']

  it.each([
    'PULSIFI_BASE_URL',
    'PULSIFI_CLIENT_SECRET_FILE',
    'CONNECTIONS_FILE',
    'SOURCE_JOBYLON_SECRET',
    'JOBYLON_INVITE_GROUPS',
    'INVITE_ON_CLOSED',
    'STATE_DIR',
    'PUBLIC_URL',
  ])('has no %s: it never reaches a real account or another pipeline', name => {
    expect(neutral({ [name]: 'something' }, sources)).toEqual({})
  })

  it.each(['PATH', 'JAVA_HOME', 'KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'PULSIFI_SINK_PORT', 'SANDBOX_PORT'])(
    'keeps %s',
    name => {
      expect(neutral({ [name]: 'something' }, sources)).toEqual({ [name]: 'something' })
    },
  )
})

describe('the report', () => {
  it('has a row for every application, and the counts', () => {
    const outcome = () => ({ words: 'not invited: no e-mail address', hasEnded: true })
    const counts = { scores: 0, candidates: 0, deadLetters: ['BODY_UNREADABLE'] }
    const text = report({ story: STORY, tenant: 'default', outcome, counts })
    for (const { applicant } of STORY.applications) expect(text).toContain(applicant)
    expect(text).toContain(`${STORY.applications.length} applications, 0 invited`)
    expect(text).toContain('1 dead letter: BODY_UNREADABLE')
  })

  it('lines up its columns', () => {
    expect(
      table([
        ['a', 'b'],
        ['long', 'c'],
      ]),
    ).toEqual(['a     b', '----  -', 'long  c'])
  })
})
