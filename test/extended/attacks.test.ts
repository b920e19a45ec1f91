/**
 * Attacks on running processes, as somebody on the network would try them; each says by its number of infra/asvs.md which
 * fault it would find again. What a smaller test can show as well stands there.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, type StackForTest, stackForTest } from '../e2e/stack-for-test.ts'
import { directJob } from '../support/direct-job.ts'
import { type Asked, askAt, exchange, statusesIn, untilClosed } from '../support/raw-http.ts'

const drawn = (what: string) => `${what}-${randomBytes(16).toString('hex')}`
const [TOKEN, NEXT_TOKEN] = [drawn('token'), drawn('next-token')]
const [WEBHOOK_SECRET, SCRAPER] = [drawn('webhook'), drawn('scraper')]
const PERSON = { first_name: 'Vornameqzx', last_name: 'Nachnameqzx', email: 'post.qzx@example.org' }
const folder = mkdtempSync(join(tmpdir(), 'atsflow-attacks-'))
const [tokenFile, webhookFile] = [join(folder, 'token'), join(folder, 'webhook')]
/** Everything secret that a browser was given here. */
const cookies: string[] = []
let test: StackForTest

beforeAll(async () => {
  writeFileSync(tokenFile, TOKEN, { mode: 0o600 })
  writeFileSync(webhookFile, WEBHOOK_SECRET, { mode: 0o600 })
  test = await stackForTest({
    CONSOLE_TOKEN_FILE: tokenFile,
    PULSIFI_WEBHOOK_SECRET_FILE: webhookFile,
    CONSOLE_PERSONAL_DATA: 'true',
    CONSOLE_MEMORY_MIB: '256',
    CONSOLE_SCRAPE: `elsewhere=http://scraper:${SCRAPER}@127.0.0.1:9/metrics`,
    // Nobody looks at Pulsifi but for a callback, and for one of many.
    RESULT_POLL_SECONDS: '3600',
    RESULT_CALLBACK_SECONDS: '3600',
    LOG_LEVEL: 'debug',
  })
})
afterAll(async () => {
  await test?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const portOf = (name: string): number => Number(new URL(test.stack.urls[name] ?? '').port)
const healthPortOf = (name: string): number => Number(new URL(test.stack.healthUrls[name] ?? '').port)

const ask = (path: string, asked?: Asked) => askAt(portOf('console'), path, asked)
const bearer = (token = TOKEN) => ({ authorization: `Bearer ${token}` })
const json = { 'content-type': 'application/json' }
const sql = (text: string) =>
  ask('/api/sql', { method: 'POST', headers: { ...bearer(), ...json }, body: JSON.stringify({ sql: text }) })
const pidOf = (name: string) => test.stack.processes.find(entry => entry.name === name)?.pid
const proof = () => ({ 'x-hook-token': test.secret })
const post = (source: string, event: object) =>
  test.post(`${source}/${test.tenant}`, JSON.stringify(event), proof())

async function signIn(token: string, headers: Record<string, string> = {}, name = '') {
  const answer = await ask('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams({ name, token }).toString(),
  })
  const cookie = String(answer.headers['set-cookie'] ?? '').split(';')[0] ?? ''
  if (cookie !== '') cookies.push(cookie.split('=')[1] ?? '')
  return { ...answer, cookie }
}

describe('fault 1: the console', () => {
  it.each<[string, Record<string, string>]>([
    ['nothing', {}],
    ['a local name', { host: 'localhost' }],
    ['a word on where it comes from', { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1' }],
    ['the word of a proxy', { forwarded: 'for=127.0.0.1;proto=https;host=localhost' }],
    ['another path in a header', { 'x-original-url': '/login', 'x-rewrite-url': '/livez' }],
    ['a session that it has made up', { cookie: `atsflow_console=${'A'.repeat(43)}` }],
    ['no token at all', { authorization: 'Bearer ' }],
  ])('shows nothing to whoever comes from this machine with %s', async (_what, headers) => {
    for (const path of ['/api/applications', '/api/exports/scores.csv', '/api/openapi.json', '/app.js'])
      expect([path, (await ask(path, { headers })).status]).toEqual([path, 401])
    const asked = { method: 'POST', headers: { ...json, ...headers }, body: '{"sql":"SELECT 1"}' }
    expect((await ask('/api/sql', asked)).status).toBe(401)
  })

  it.each([
    '/login/../api/jobs',
    '//api/jobs',
    '/styles/base.css/../../api/jobs',
    '/api/jobs%00',
    '/API/jobs',
  ])('has no other way to what it shows: %s', async path => {
    expect((await ask(path)).status).toBe(401)
  })

  it('takes no session that a visitor brings along, and ends each that is left', async () => {
    const brought = `atsflow_console=${'B'.repeat(43)}`
    const first = await signIn(TOKEN, { cookie: brought })
    const isIn = async (cookie: string) => (await ask('/api/session', { headers: { cookie } })).status
    expect([await isIn(brought), await isIn(first.cookie)]).toEqual([401, 200])
    const second = await signIn(TOKEN, { cookie: first.cookie })
    expect([await isIn(first.cookie), await isIn(second.cookie)]).toEqual([401, 200])
    await ask('/logout', { method: 'POST', headers: { cookie: second.cookie } })
    expect(await isIn(second.cookie)).toBe(401)
  })

  it('ends sessions for their owner alone, who has just come in, by a button of its own page', async () => {
    const [{ cookie: here }, { cookie: there }] = [await signIn(TOKEN), await signIn(TOKEN)]
    const { text } = await ask('/sessions', { headers: { cookie: here } })
    const body = Array.from(text.matchAll(/value="(\w+)"/g), ([, handle]) => `session=${handle}`).join('&')
    const end = (headers: Record<string, string>) => ask('/sessions', { method: 'POST', headers, body })
    const isIn = async (cookie: string) => (await ask('/api/session', { headers: { cookie } })).status
    expect((await end({})).status).toBe(401)
    expect((await end({ cookie: body.replace('session', 'atsflow_console') })).status).toBe(401)
    expect((await end({ cookie: here, 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await end({ cookie: here, origin: 'http://elsewhere.example.com' })).status).toBe(403)
    expect((await end(bearer())).headers.location).toBe('/sessions?again')
    expect([await isIn(here), await isIn(there)]).toEqual([200, 200])
    await end({ cookie: here })
    expect([await isIn(here), await isIn(there)]).toEqual([200, 401])
  })

  it('puts nothing of what it is sent into the head of an answer', async () => {
    const { headers, text } = await signIn(
      'wrong',
      {},
      'kim\r\nset-cookie: atsflow_console=1\r\n\r\n<script>',
    )
    expect([headers.location, headers['set-cookie'], text]).toEqual([
      '/login#refused',
      undefined,
      expect.not.stringContaining('script'),
    ])
  })
})

describe('fault 2: SQL', () => {
  it.each([
    () => `SELECT * FROM enable_logging(storage = 'file', storage_config = {'path': '${folder}/logs'})`,
    () => `SELECT * FROM query('select * from ena' || 'ble_logging(storage := ''file'')')`,
    () => `EXPORT DATABASE '${folder}/export'`,
    () => `COPY application TO '${folder}/copy.csv'`,
    () => `ATTACH '${folder}/other.duckdb'`,
    () => `SELECT * FROM read_text('${tokenFile}')`,
    () => `FROM '${tokenFile}'`,
    () => `SELECT getenv('CONSOLE_TOKEN_FILE')`,
    () => `SELECT * FROM duckdb_settings()`,
    () => `SELECT repeat('x', 2000000000)`,
    () => `SELECT list(range) FROM range(1000000000)`,
    () => `SET memory_limit = '100GB'`,
    () => `SELECT 1; DROP TABLE application`,
  ])('is refused, and neither ends the console nor leaves or shows a file: %#', async statement => {
    const before = { pid: pidOf('console'), files: readdirSync(folder) }
    const answer = await sql(statement())
    expect([statement(), answer.status]).toEqual([statement(), 400])
    expect(answer.text).not.toContain(TOKEN)
    expect({ pid: pidOf('console'), files: readdirSync(folder) }).toEqual(before)
  })

  it('answers a plain question after all this', async () => {
    expect(JSON.parse((await sql('SELECT 1')).text).rows).toEqual([[1]])
  })
})

it('fault 3: no cell of an export is run by a spreadsheet', async () => {
  const title = '=HYPERLINK("http://elsewhere.example.com";"Engineer")'
  await post('direct', { ...directJob, data: { ...directJob.data, external_id: 'formula', title } })
  const csv = await eventually('the job in an export', 60_000, async () => {
    const { text } = await ask('/api/exports/jobs.csv', { headers: bearer() })
    return text.includes('HYPERLINK') ? text : null
  })
  expect(csv).toMatch(/,"'=HYPERLINK/)
  expect(csv).not.toMatch(/(^|,)"?[=+@]/m)
})

describe('fault 6: where webhooks come in', () => {
  it('says nothing of health, and echoes nothing', async () => {
    for (const path of ['/livez', '/readyz?verbose', '/metrics', '/version', '/'])
      expect([path, (await askAt(portOf('ingress'), path)).status]).toEqual([path, 404])
    for (const path of ['/livez', '/readyz?verbose', '/metrics', '/version', '/sessions'])
      expect([path, (await ask(path)).status]).toEqual([path, 401])
    for (const path of ['/livez', '/metrics', '/version'])
      expect([path, (await ask(path, { headers: bearer() })).status]).toEqual([path, 404])
    for (const port of [portOf('ingress'), portOf('console'), healthPortOf('ingress')]) {
      const { status, text } = await askAt(port, '/livez', {
        method: 'TRACE',
        headers: { 'x-echo': 'echo-me' },
      })
      expect([status >= 400, text.includes('echo-me')]).toEqual([true, false])
    }
  })

  it('does not tell tenants apart, by the answer or by its time, from those that there are not', async () => {
    const took: Record<string, number[]> = { known: [], unknown: [] }
    const answers = new Set<string>()
    for (let round = 0; round < 60; round++) {
      for (const [which, tenant] of [
        ['known', test.tenant],
        ['unknown', `${test.tenant.slice(0, -1)}_`],
      ] as const) {
        const startedMs = performance.now()
        const answer = await askAt(portOf('ingress'), `/hooks/idibu/${tenant}`, {
          method: 'POST',
          headers: bearer('wrong'),
        })
        took[which]?.push(performance.now() - startedMs)
        answers.add(JSON.stringify([answer.status, { ...answer.headers, date: '' }, answer.text]))
      }
    }
    const median = (which: string) => took[which]?.toSorted((a, b) => a - b)[30] ?? 0
    expect([...answers]).toEqual([expect.stringMatching(/^\[401,/)])
    expect(Math.max(median('known'), median('unknown'))).toBeLessThan(
      3 * Math.min(median('known'), median('unknown')),
    )
  })

  it('counts strangers under few labels, whatever they ask for', async () => {
    const series = async () => {
      const { text } = await askAt(healthPortOf('ingress'), '/metrics')
      return text.split('\n').filter(line => /^atsflow_[^{]*\{/.test(line)).length
    }
    const strangers = (round: number) => [
      askAt(portOf('ingress'), `/hooks/source-${round}/tenant-${round}`, { method: 'POST' }),
      askAt(portOf('ingress'), `/hooks/idibu/tenant-${round}/token-${round}`, { method: 'POST' }),
      askAt(portOf('ingress'), `/path-${round}`, { method: 'DELETE' }),
    ]
    await Promise.all(strangers(0))
    const before = await series()
    for (let round = 1; round <= 100; round++) await Promise.all(strangers(round))
    expect(await series()).toBe(before)
  })
})

it('fault 7: forged and repeated callbacks cost one look at a candidate', async () => {
  await post('direct', directJob)
  const application = { external_id: 'qzx-1', job: { external_id: directJob.data.external_id } }
  const data = { external_id: 'qzx', ...PERSON, applications: [application] }
  await post('direct', { type: 'candidate', action: 'upsert', data })
  const looks = async (): Promise<number> =>
    (await test.sandbox('/_sandbox/stats')).requests
      .filter(({ operation }: { operation: string }) => /^getCandidate/.test(operation))
      .reduce((sum: number, { count }: { count: number }) => sum + count, 0)
  const candidate = await eventually('somebody at Pulsifi', 60_000, async () => {
    const { candidates } = await test.sandbox('/_sandbox/state')
    return Object.values(candidates as Record<string, { candidate_id: string }>)[0]?.candidate_id ?? null
  })
  const callback = (token: string, event_body: object) =>
    test.post(`pulsifi/${test.tenant}/${token}`, JSON.stringify({ event_type: 'forged', event_body }))
  expect((await callback('guessed', { candidate_id: candidate })).status).toBe(401)
  const before = await looks()
  for (let at = 0; at < 50; at++)
    expect((await callback(test.secret, { candidate_id: candidate, at })).status).toBe(200)
  await eventually('all of them to be read', 60_000, async () => {
    const { text } = await askAt(healthPortOf('pulsifi-sink'), '/metrics')
    const read = Array.from(
      text.matchAll(/^atsflow_events_total\{[^}]*source="pulsifi"[^}]*\} (\d+)/gm),
      ([, n]) => Number(n),
    )
    return read.reduce((sum, n) => sum + n, 0) >= 50 ? true : null
  })
  expect((await looks()) - before).toBeLessThanOrEqual(1)
})

describe('fault 8: no stranger', () => {
  it('keeps others waiting by integers that no float holds', async () => {
    const body = `{"id":[${`${'9'.repeat(17)},`.repeat(400_000)}0]}`
    const startedMs = performance.now()
    JSON.parse(body)
    const plainMs = performance.now() - startedMs
    const [slow, answered] = [test.post(`cleverconnect/${test.tenant}`, body, proof()), performance.now()]
    expect((await askAt(healthPortOf('ingress'), '/livez')).status).toBe(200)
    await slow
    expect(performance.now() - answered).toBeLessThan(2_000 + 15 * plainMs)
  })

  it('takes the room of others by bodies that never come, and is given up', async () => {
    const head = [
      `POST /hooks/cleverconnect/${test.tenant} HTTP/1.1`,
      ...['host: localhost', `x-hook-token: ${test.secret}`, `content-length: ${25 * 1024 * 1024}`, '', ''],
    ].join('\r\n')
    const slow = Array.from({ length: 12 }, () =>
      exchange(portOf('ingress'), socket => void socket.write(`${head}${'x'.repeat(1024 * 1024)}`)),
    )
    const answer = await post('direct', { ...directJob, data: { ...directJob.data, external_id: 'beside' } })
    expect(answer.status).toBe(200)
    for (const { status } of await Promise.all(slow)) expect([408, 503, 0]).toContain(status)
  })

  it.each<[string, readonly string[], string]>([
    ['a length and pieces', ['content-length: 4', 'transfer-encoding: chunked'], '0\r\n\r\n'],
    ['two lengths', ['content-length: 0', 'content-length: 60'], ''],
    ['pieces under a name with a space', ['transfer-encoding : chunked', 'content-length: 0'], ''],
    ['pieces that are none', ['transfer-encoding: xchunked'], '0\r\n\r\n'],
    ['pieces in two ways', ['transfer-encoding: chunked, identity'], '0\r\n\r\n'],
    ['a folded header', ['x: y', ' transfer-encoding: chunked', 'content-length: 0'], ''],
    ['a bare line feed', ['x: y\ntransfer-encoding: chunked', 'content-length: 0'], ''],
    ['a piece of no length', ['transfer-encoding: chunked'], 'zz\r\n\r\n0\r\n\r\n'],
  ])('has a second request read out of one: %s', async (_what, headers, body) => {
    for (const [name, path] of [
      ['ingress', `/hooks/idibu/${test.tenant}`],
      ['console', '/login'],
    ] as const) {
      const first = [
        `POST ${path} HTTP/1.1`,
        'host: localhost',
        `x-hook-token: ${test.secret}`,
        ...headers,
        '',
        '',
      ].join('\r\n')
      const smuggled = 'GET /smuggled HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n'
      const statuses = statusesIn(await untilClosed(portOf(name), `${first}${body}${smuggled}`))
      expect([name, statuses]).toEqual([name, [400]])
    }
  })

  it.each(['/hooks/../../etc/passwd', '/hooks/idibu/..%2f..%2fetc%2fpasswd', '/hooks/%2e%2e/%2e%2e/etc'])(
    'leaves its place by a path: %s',
    async path => {
      expect([401, 404, 405]).toContain((await askAt(portOf('ingress'), path, { method: 'POST' })).status)
      const inside = path.replace('/hooks', '/api/exports')
      expect([inside, (await ask(inside, { headers: bearer() })).status]).toEqual([inside, 404])
    },
  )
})

describe('faults 1 and 5: a secret that changes in its file', () => {
  const faults = async (name: string) => (await askAt(healthPortOf(name), '/readyz?verbose')).text
  const until = (name: string, isSo: (text: string) => boolean) =>
    eventually(`${name} to look at its files`, 20_000, async () => (isSo(await faults(name)) ? true : null))

  it('is not taken over when it can be guessed, which is said, and ends sessions when it is', async () => {
    const { cookie } = await signIn(TOKEN)
    const statusOf = async (headers: Record<string, string>) =>
      (await ask('/api/session', { headers })).status
    writeFileSync(tokenFile, 'guess-me')
    await until('console', text => text.includes('CONSOLE_TOKEN has 8 characters'))
    expect([
      await statusOf(bearer('guess-me')),
      await statusOf(bearer()),
      await statusOf({ cookie }),
    ]).toEqual([401, 200, 200])
    writeFileSync(tokenFile, 'passwordpassword1')
    await until('console', text => text.includes('CONSOLE_TOKEN is made of what passwords are made of'))
    expect(await statusOf(bearer('passwordpassword1'))).toBe(401)
    writeFileSync(tokenFile, NEXT_TOKEN)
    await until('console', text => !text.includes('CONSOLE_TOKEN'))
    expect([
      await statusOf(bearer(NEXT_TOKEN)),
      await statusOf(bearer()),
      await statusOf({ cookie }),
    ]).toEqual([200, 401, 401])
  })

  it('of the callback neither', async () => {
    writeFileSync(webhookFile, 'hook-me')
    await until('ingress', text => text.includes('PULSIFI_WEBHOOK_SECRET has 7 characters'))
    expect((await askAt(healthPortOf('ingress'), '/metrics')).text).toMatch(/^atsflow_files_refused 1$/m)
    writeFileSync(webhookFile, WEBHOOK_SECRET)
    await until('ingress', text => !text.includes('PULSIFI_WEBHOOK_SECRET'))
  })
})

it('fault 1: whoever guesses is told to wait, under however many addresses', async () => {
  const tries: (string | undefined)[] = []
  for (let at = 0; at < 15; at++)
    tries.push((await signIn('wrong', { 'x-forwarded-for': `198.51.100.${at}` })).headers.location)
  expect(tries.slice(-3)).toEqual(Array(3).fill('/login#throttled'))
  expect((await ask('/api/session', { headers: bearer('wrong') })).headers['retry-after']).toMatch(/^[1-6]$/)
  expect((await signIn(NEXT_TOKEN)).headers.location).toBe('/login#throttled')
})

describe('fault 4: after all this', () => {
  const dataDir = () => test.stack.env.LOCAL_DATA_DIR ?? ''
  const logs = () =>
    readdirSync(join(dataDir(), 'logs')).map(
      name => [name, readFileSync(join(dataDir(), 'logs', name), 'utf8')] as const,
    )

  it('no log and no page of health shows a secret, a session or a person', async () => {
    const secrets = [
      TOKEN,
      NEXT_TOKEN,
      WEBHOOK_SECRET,
      SCRAPER,
      test.secret,
      ...cookies,
      ...Object.values(PERSON),
    ]
    const pages = Object.keys(test.stack.healthUrls).flatMap(name =>
      ['/version', '/metrics', '/readyz?verbose'].map(
        async path => [`${name}${path}`, (await askAt(healthPortOf(name), path)).text] as const,
      ),
    )
    const shown = [...logs(), ...(await Promise.all(pages))]
    expect(shown.length).toBeGreaterThan(15)
    for (const [where, text] of shown)
      expect([where, secrets.filter(secret => text.includes(secret))]).toEqual([where, []])
    expect(logs().find(([name]) => name === 'console.log')?.[1]).toContain('"event":"login_failed"')
  })

  it('no stranger has written a line into a log', async () => {
    const forged = encodeURIComponent('x\n{"level":"info","event":"forged-line"}')
    await askAt(portOf('ingress'), `/hooks/idibu/${forged}`, { method: 'POST', headers: bearer('wrong') })
    await test.post(`idibu/${test.tenant}`, '{', { ...proof(), 'content-type': '{"event":"forged-line"}' })
    const ingress = await eventually('its line', 10_000, () => {
      const text = logs().find(([name]) => name === 'ingress.log')?.[1] ?? ''
      return text.includes('forged-line') ? text : null
    })
    const lines = ingress.split('\n').filter(line => line.includes('forged-line'))
    expect(lines.map(line => JSON.parse(line).event)).not.toContain('forged-line')
  })

  it('fault 9: nobody else on this machine may read what was written', () => {
    const all = readdirSync(dataDir(), { recursive: true, encoding: 'utf8' })
    expect(all.length).toBeGreaterThan(10)
    // Logs and ids of processes are written by who has started them, here this test.
    const ours = all.filter(name => !/^(logs|run)\b/.test(name))
    expect(ours.filter(name => (statSync(join(dataDir(), name)).mode & 0o077) !== 0)).toEqual([])
  })

  it('every process is the one that it was', async () => {
    for (const name of ['ingress', 'normalizer', 'pulsifi-sink', 'console'])
      expect([name, (await askAt(healthPortOf(name), '/livez')).status]).toEqual([name, 200])
    const ended = readdirSync(join(dataDir(), 'logs')).filter(name =>
      readFileSync(join(dataDir(), 'logs', name), 'utf8').includes('"event":"process_failed"'),
    )
    expect(ended).toEqual([])
  })
})
