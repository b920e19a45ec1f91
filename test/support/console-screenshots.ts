/**
 * The pictures of the README: `node test/support/console-screenshots.ts [folder]`. A whole stack takes a thousand made-up
 * applications, some of them wrong, and its sandbox lets people finish or not; then the page is looked at.
 */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { chromium } from 'playwright-core'
import { type Stack, startStack } from '../../infra/stack.ts'

const FOLDER = resolve(process.argv[2] ?? 'services/console/screenshots')
const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium'
const PORTS = [
  ...['INGRESS_PORT', 'HEALTH_PORT', 'NORMALIZER_PORT', 'PULSIFI_SINK_PORT', 'CONSOLE_PORT', 'SANDBOX_PORT'],
  ...['LOCAL_KAFKA_PORT', 'LOCAL_REGISTRY_PORT'],
]
const WAVES = 10
const APPLICATIONS_EACH = 100
const WAVE_MS = 12_000
/** After the last application: people go on with their assessments. */
const WAVES_AFTER = 3
const SETTLE_MS = 15_000

/** In [0, 1), the same for the same text. */
const lot = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32

const JOBS = [
  ...['Backend Engineer', 'Sales Adviser', 'Store Manager', 'Data Analyst'],
  ...['Recruitment Consultant', 'Warehouse Operator', 'Nurse', 'Mechanic'],
].map((title, index) => ({ id: `job-${index + 1}`, title, isShort: index === 7 }))
const SHORT = 'You repair bicycles.'
const LONG =
  'You plan and run the daily work of a small team, advise customers and report on results. '.repeat(5)

interface Sender {
  readonly post: (source: string, body: string) => Promise<void>
}

function senderTo(stack: Stack): Sender {
  return {
    async post(source, body) {
      const secret = stack.secrets[`SOURCE_${source.toUpperCase()}_SECRET`]
      const response = await fetch(`${stack.urls.ingress}/hooks/${source}/default`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body,
      })
      if (!response.ok) throw new Error(`ingress answered ${response.status}`)
    },
  }
}

const postJobs = ({ post }: Sender) =>
  post(
    'direct',
    JSON.stringify(
      JOBS.map(({ id, title, isShort }) => ({
        ...{ type: 'job', action: 'upsert' },
        data: {
          external_id: id,
          title,
          description: (isShort ? SHORT : LONG).trim(),
          status: 'OPEN',
          skills: ['Customer service'],
        },
      })),
    ),
  )

/** Most are complete; the rest is wrong in the ways that happen. */
function candidate(n: number) {
  const chance = lot(`fault ${n}`)
  const job = JOBS[Math.floor(lot(`job ${n}`) ** 1.6 * JOBS.length)]?.id
  return {
    ...{ type: 'candidate', action: 'upsert' },
    data: {
      external_id: `c${1_000 + n}`,
      first_name: 'Test',
      ...(chance > 0.97 ? {} : { last_name: `Person ${n}` }),
      ...(chance < 0.06 ? {} : { email: chance < 0.09 ? 'no address' : `person.${n}@example.com` }),
      applications: [{ job: { external_id: chance > 0.94 && chance < 0.95 ? 'job-unknown' : job } }],
    },
  }
}

async function postWave({ post }: Sender, wave: number): Promise<void> {
  const events = Array.from({ length: APPLICATIONS_EACH }, (_, n) => candidate(wave * APPLICATIONS_EACH + n))
  await post('direct', JSON.stringify(events))
  // A vendor that sends some of them again.
  await post('direct', JSON.stringify(events.slice(0, 20)))
  await post('jobylon', jobylonWithFault(wave))
  if (wave % 4 === 0) await post('idibu', '{"cut": ')
}

/** The demo's candidate with another id and an address that is an object. */
function jobylonWithFault(wave: number): string {
  const file = new URL('../../infra/demo/webhooks/jobylon-candidate.json', import.meta.url)
  const text = readFileSync(file, 'utf8').replaceAll('00000000c004', `00000000c${100 + wave}`)
  return wave % 3 === 0 ? text.replace('"johan.exempelsson@example.com"', '{"a": 1}') : text
}

interface Invited {
  readonly candidate_id: string
  readonly ext_reference_id: string
  readonly status: string
  readonly job_id: string
}

/** By status: what comes next, and the share of people who do it in a turn. */
const STEPS: Readonly<Record<string, readonly [verb: string, share: number]>> = {
  invited: ['open', 0.6],
  opened: ['start', 0.65],
  started: ['complete', 0.75],
}
const SHARE_EXPIRED = 0.01
const SHARE_GIVING_UP = 0.08

function stepOf({ ext_reference_id: who, status }: Invited, turn: number): string | null {
  const [verb, share] = STEPS[status] ?? ['', 0]
  const chance = lot(`${who} ${turn}`)
  if (status === 'invited' && chance > 1 - SHARE_EXPIRED) return 'expire'
  return chance < share && lot(`gives up ${who} ${status}`) > SHARE_GIVING_UP ? verb : null
}

/** A part of those who can takes the next step. */
async function goOn(sandbox: string, turn: number): Promise<void> {
  const state = await fetch(`${sandbox}/_sandbox/state`)
  const { candidates }: { candidates: Invited[] } = JSON.parse(await state.text())
  for (const candidate of candidates) {
    const verb = stepOf(candidate, turn)
    if (verb === null) continue
    const response = await fetch(`${sandbox}/_sandbox/candidates/${candidate.candidate_id}/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(verb === 'complete' ? { body: JSON.stringify(scoresOf(candidate)) } : {}),
    })
    if (!response.ok) throw new Error(`the sandbox answered ${response.status}`)
  }
}

/** Around a middle that depends on the job, as a bell. */
function scoresOf({ ext_reference_id: who, job_id: job }: Invited) {
  const score = (score_type: string) => {
    const bell = [1, 2, 3, 4].reduce((sum, n) => sum + lot(`${who} ${score_type} ${n}`), 0) / 4
    const middle = 42 + lot(`${job} ${score_type}`) * 30
    const value = Math.max(0, Math.min(100, Math.round(middle + (bell - 0.5) * 110)))
    return { score_format: 100, score_type, score_value: value }
  }
  return {
    scores: ['role_fit', 'organizational_fit'].map(score),
    additional_scores: ['hard_skill', 'work_style', 'reasoning_verbal', 'reasoning_numeric'].map(score),
  }
}

async function takePictures(url: string): Promise<void> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  const views = {
    desktop: { viewport: { width: 1280, height: 1240 } },
    phone: { viewport: { width: 375, height: 812 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  }
  for (const [name, view] of Object.entries(views))
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await browser.newPage({ ...view, colorScheme, locale: 'en-GB', timezoneId: 'UTC' })
      await page.goto(url)
      await page.getByRole('img', { name: /^Distribution of / }).waitFor({ timeout: 30_000 })
      await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined)
      await page.screenshot({ path: join(FOLDER, `${name}-${colorScheme}.png`) })
      if (process.env.WHOLE_PAGE)
        await page.screenshot({ path: join(FOLDER, `whole-${name}-${colorScheme}.png`), fullPage: true })
      await page.close()
    }
  await browser.close()
}

const directory = mkdtempSync(join(tmpdir(), 'atsflow-pictures-'))
const stack = await startStack({
  env: {
    ...process.env,
    ...{ SANDBOX_FINISH_SECONDS: '0', RESULT_POLL_SECONDS: '4', RESULT_POLL_PER_HOUR: '100000' },
    ...{ PULSIFI_RATE_PER_SECOND: '80', PULSIFI_CONCURRENCY: '16', INVITE_SINCE: '1970-01-01' },
  },
  dataDir: directory,
  ports: Object.fromEntries(PORTS.map(name => [name, 0])),
})
try {
  const sender = senderTo(stack)
  await postJobs(sender)
  for (let wave = 0; wave < WAVES + WAVES_AFTER; wave++) {
    if (wave < WAVES) await postWave(sender, wave)
    for (let step = 0; step < 3; step++) {
      await delay(WAVE_MS / 3)
      await goOn(stack.urls.sandbox ?? '', wave * 3 + step)
    }
  }
  await delay(SETTLE_MS)
  await takePictures(stack.urls.console ?? '')
} finally {
  await stack.stop()
  rmSync(directory, { recursive: true, force: true })
}
