import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { companies } from '../../../../services/core/companies.ts'
import { keepConnections, loadConnections } from '../../../../services/platform/connections/connections.ts'
import { connectionsFileSchema } from '../../../../services/platform/connections/file.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'
import { createKeptFiles } from '../../../../services/platform/process/kept-files.ts'
import { noSettings, type Source } from '../../../../services/sources/source.ts'

const folder = mkdtempSync(join(tmpdir(), 'connections-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fileWith = (content: unknown): string => {
  const path = join(folder, `${files++}`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const source = (name: string, settings: Source['settings'] = noSettings): [string, Source] => [
  name,
  {
    name,
    settings,
    bodyBytesMax: 1,
    split: () => ({ type: 'ok', value: [] }),
    kinds: {},
    trigger: () => 'invite',
  },
]
const sources = new Map([
  source(
    'acme',
    z.strictObject({ job_source: z.string().optional(), vacancies: z.stringbool().default(true) }),
  ),
  source('big-corp'),
])
const load = (env: Record<string, string>) => loadConnections(sources, env)
const loadFile = (content: unknown, env: Record<string, string> = {}) =>
  load({ ...env, CONNECTIONS_FILE: fileWith(content) })
const faultsOf = (content: unknown, env: Record<string, string> = {}): string => {
  try {
    loadFile(content, env)
    return 'none'
  } catch (error) {
    return error instanceof ConfigError ? error.message : `thrown: ${String(error)}`
  }
}

describe('tenant default', () => {
  it('has a connection for every source and for the callback, without secrets when none is set', () => {
    const all = load({}).all.map(({ source, tenant, secrets }) => [source, tenant, secrets])
    expect(all).toEqual([
      ['acme', 'default', []],
      ['big-corp', 'default', []],
      ['pulsifi', 'default', []],
    ])
  })

  it('takes a secret from the variable named after the source', () => {
    const connections = load({ SOURCE_BIG_CORP_SECRET: 'a', SOURCE_PULSIFI_SECRET: 'b' })
    expect(connections.find('big-corp', 'default')?.secrets).toEqual(['a'])
    expect(connections.find('pulsifi', 'default')?.secrets).toEqual(['b'])
  })

  it('takes two secrets while rotating, and no third', () => {
    expect(load({ SOURCE_ACME_SECRET: 'new, old' }).find('acme', 'default')?.secrets).toEqual(['new', 'old'])
    expect(() => load({ SOURCE_ACME_SECRET: 'a,b,c' })).toThrow(/SOURCE_ACME_SECRET: two values at most/)
  })

  it('reads a secret from a file', () => {
    const connections = load({ SOURCE_ACME_SECRET_FILE: fileWith('from-file\n') })
    expect(connections.find('acme', 'default')?.secrets).toEqual(['from-file'])
    expect(() => load({ SOURCE_ACME_SECRET_FILE: '/nowhere' })).toThrow(/SOURCE_ACME_SECRET_FILE: the file/)
  })

  it('takes settings from variables that the source declares, through its schema', () => {
    const settings = load({ ACME_JOB_SOURCE: 'other', ACME_VACANCIES: 'false', ACME_HOME: '/x' }).find(
      'acme',
      'default',
    )
    expect(settings?.settings).toEqual({ job_source: 'other', vacancies: false })
    expect(() => load({ ACME_VACANCIES: 'perhaps' })).toThrow(/ACME_\*\.vacancies/)
  })
})

describe('the connections file', () => {
  it('adds tenants with secrets and settings, and accounts', () => {
    const connections = loadFile({
      connections: [
        { source: 'acme', tenant: 'north', secret: 'a', settings: { job_source: 'x' } },
        { source: 'acme', tenant: 'south', secrets: ['b', { file: fileWith('c') }] },
        { source: 'pulsifi', tenant: 'north', secret: 'd' },
      ],
      pulsifi: [
        { tenant: 'north', base_url: 'https://api.example.com', client_id: 'id', client_secret: 'e' },
      ],
    })
    expect(connections.find('acme', 'north')).toMatchObject({
      secrets: ['a'],
      settings: { job_source: 'x', vacancies: true },
    })
    expect(connections.find('acme', 'south')?.secrets).toEqual(['b', 'c'])
    expect(connections.find('pulsifi', 'north')?.secrets).toEqual(['d'])
    expect(connections.pulsifiAccounts.get('north')).toEqual({
      tenant: 'north',
      baseUrl: 'https://api.example.com',
      clientId: 'id',
      clientSecret: 'e',
      webhookSecret: null,
    })
  })

  it('may declare tenant default where the environment does not', () => {
    const entry = { connections: [{ source: 'acme', tenant: 'default', secret: 'a' }] }
    expect(loadFile(entry).find('acme', 'default')?.secrets).toEqual(['a'])
    expect(faultsOf(entry, { SOURCE_ACME_SECRET: 'b' })).toMatch(
      /connections\.0: acme of tenant default is declared twice/,
    )
  })

  it('does not know a tenant that nobody declared', () => {
    expect(load({}).find('acme', 'north')).toBeUndefined()
    expect(load({}).find('nobody', 'default')).toBeUndefined()
  })

  it.each([
    [
      'a source that does not exist',
      { connections: [{ source: 'acmee', tenant: 'a' }] },
      /connections\.0\.source: no source "acmee"/,
    ],
    [
      'a tenant that cannot stand in a path',
      { connections: [{ source: 'acme', tenant: 'A b' }] },
      /connections\.0\.tenant: expected 1 to 24/,
    ],
    [
      'a misspelt field',
      { connections: [{ source: 'acme', tenant: 'a', secrt: 'x' }] },
      /connections\.0.*secrt/,
    ],
    [
      'a setting that the source does not have',
      { connections: [{ source: 'acme', tenant: 'a', settings: { x: 1 } }] },
      /connections\.0\.settings.*"x"/,
    ],
    [
      'a secret in a file that is not there',
      { connections: [{ source: 'acme', tenant: 'a', secret: { file: '/nowhere' } }] },
      /connections\.0\.secret: the file cannot be read/,
    ],
    [
      'a secret given in two ways',
      { connections: [{ source: 'acme', tenant: 'a', secret: 'x', secrets: ['y'] }] },
      /connections\.0: give "secret" or "secrets"/,
    ],
    [
      'an account without an address',
      { pulsifi: [{ tenant: 'a', base_url: 'nowhere', client_id: 'i', client_secret: 's' }] },
      /pulsifi\.0\.base_url/,
    ],
    [
      'an account that is spoken to in the open',
      {
        pulsifi: [{ tenant: 'a', base_url: 'http://api.example.com', client_id: 'i', client_secret: 's' }],
      },
      /pulsifi\.0\.base_url: expected https/,
    ],
    [
      'text that is not JSON',
      '{"connections": [{"secret": "s3cret"',
      /CONNECTIONS_FILE line 1: this is not JSON/,
    ],
    [
      'a range that is none',
      { connections: [{ source: 'acme', tenant: 'a', allow_ips: ['10.0.0.0/33'] }] },
      /connections\.0\.allow_ips\.0: expected an address/,
    ],
    [
      'a way of signing that we do not know',
      { connections: [{ source: 'acme', tenant: 'a', signature: { mode: 'trust' } }] },
      /connections\.0\.signature\.mode/,
    ],
  ])('is refused for %s, by path', (_name, content, fault) => {
    expect(faultsOf(content)).toMatch(fault)
  })

  it.each([
    ['a wrong value', '{\n "connections": [\n  {\n   "source": "acme",\n   "tenant": "A b"\n  }\n ]\n}', 5],
    [
      'a misspelt name',
      '{\n "connections": [\n  { "source": "acme", "tenant": "a",\n    "secrt": "x" }\n ]\n}',
      4,
    ],
    ['a missing name', '{\n "connections": [\n\n  { "source": "acme" }\n ]\n}', 4],
    ['a source that does not exist', '{\n "connections": [{ "tenant": "a",\n "source": "acmee" }]\n}', 3],
    [
      'a setting',
      '{\n "connections": [{ "tenant": "a", "source": "acme",\n "settings": {\n "x": 1 } }]\n}',
      4,
    ],
    [
      'a name that stands twice',
      '{\n "connections": [{ "tenant": "a",\n "source": "acme",\n "tenant": "b" }]\n}',
      4,
    ],
    ['a missing comma', '{\n "connections": []\n "pulsifi": []\n}', 3],
    ['a word without quotes', '{\n "connections": [\n  acme ]\n}', 3],
  ])('points to the line of %s', (_name, text, line) => {
    expect(faultsOf(text)).toMatch(new RegExp(`CONNECTIONS_FILE line ${line}: `))
  })

  it('says where webhooks may come from and how they are signed', () => {
    const signature = { mode: 'require', header: 'X-Signature', secret: 'k' }
    const entry = { source: 'acme', tenant: 'a', allow_ips: ['192.0.2.0/24', '2001:db8::1'], signature }
    expect(loadFile({ connections: [entry] }).find('acme', 'a')).toMatchObject({
      allowIps: ['192.0.2.0/24', '2001:db8::1'],
      signature: { mode: 'require', header: 'x-signature', secret: 'k' },
    })
  })

  it('has a published JSON Schema that is up to date', () => {
    const published = readFileSync(
      new URL('../../../../schemas/connections.schema.json', import.meta.url),
      'utf8',
    )
    expect(JSON.parse(published)).toEqual(connectionsFileSchema())
  })

  it('never shows a secret in a fault', () => {
    expect(faultsOf('{"connections": [{"secret": "s3cret"')).not.toContain('s3cret')
    expect(
      faultsOf({ connections: [{ source: 'x', tenant: 'a', secret: 's3cret', more: 's3cret' }] }),
    ).not.toContain('s3cret')
  })
})

describe('companies of one endpoint', () => {
  const shared = new Map([source('acme', z.strictObject({ companies, mark: z.string().default('') }))])
  const connections = loadConnections(shared, {
    CONNECTIONS_FILE: fileWith({
      connections: [
        {
          source: 'acme',
          tenant: 'partner',
          secret: 's',
          settings: { companies: { c1: 'wayne' }, mark: 'shared' },
        },
        { source: 'acme', tenant: 'kent', secret: 's', settings: { mark: 'own' } },
      ],
    }),
  })

  it('have the settings of the connection that serves them, unless their tenant has its own', () => {
    const marks = ['partner', 'wayne', 'kent', 'nobody'].map(
      tenant => connections.settingsOf('acme', tenant).mark,
    )
    expect(marks).toEqual(['shared', 'shared', 'own', ''])
    expect(connections.connectionOf('acme', 'wayne')?.tenant).toBe('partner')
    expect(connections.find('acme', 'wayne')).toBeUndefined()
  })

  it('are refused with a tenant that cannot be one', () => {
    const content = {
      connections: [{ source: 'acme', tenant: 'partner', settings: { companies: { c1: 'W AG' } } }],
    }
    expect(() => loadConnections(shared, { CONNECTIONS_FILE: fileWith(content) })).toThrow(/companies/)
  })
})

describe('tenants of a running process', () => {
  const entry = (tenant: string, secret: unknown) => ({ source: 'acme', tenant, secret })
  const quiet = { onFault: () => {}, onRead: () => {} }

  it('come and go with the file, and have the secrets that their files hold by then', () => {
    const secret = join(folder, 'secret-of-north')
    writeFileSync(secret, 'one')
    const CONNECTIONS_FILE = fileWith({ connections: [entry('north', { file: secret })] })
    const kept = createKeptFiles(quiet)
    const connections = keepConnections(kept.keep, sources, { CONNECTIONS_FILE })
    writeFileSync(secret, 'two')
    kept.look()
    expect(connections.find('acme', 'north')?.secrets).toEqual(['two'])
    writeFileSync(CONNECTIONS_FILE, JSON.stringify({ connections: [entry('south', 'three')] }))
    kept.look()
    expect(connections.find('acme', 'north')).toBe(undefined)
    expect(connections.find('acme', 'south')?.secrets).toEqual(['three'])
  })

  it('stay as they were while the file is faulty, or does not pass', () => {
    const CONNECTIONS_FILE = fileWith({ connections: [entry('north', 'one')] })
    const kept = createKeptFiles(quiet)
    const connections = keepConnections(kept.keep, sources, { CONNECTIONS_FILE }, ({ find }) => {
      if (find('acme', 'refused') !== undefined) throw new ConfigError('nobody may be called so')
    })
    const faults = ['{"connections": [', JSON.stringify({ connections: [entry('refused', 'x')] })].map(
      text => {
        writeFileSync(CONNECTIONS_FILE, text)
        kept.look()
        expect(connections.all.map(({ tenant }) => tenant)).toContain('north')
        return kept.faults().get('connections')
      },
    )
    expect(faults).toEqual([expect.stringContaining('CONNECTIONS_FILE line 1'), 'nobody may be called so'])
  })
})
