/** The demo's story through the real processes: what a newcomer is shown is what happens. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postAll, untilAllEnded } from '../../infra/demo/play.ts'
import { applicationKey, STORY } from '../../infra/demo/story.ts'
import { knownSecrets, needsOfAll } from '../../infra/process-secrets.ts'
import { runReadmeConsumer } from './readme-consumer.ts'
import { registerCallback, type StackForTest, stackForTest } from './stack-for-test.ts'

describe('the story of the demo', () => {
  let test: StackForTest
  afterAll(() => test?.stop())

  beforeAll(async () => {
    const others = {
      SOURCE_DIRECT_SECRET: 'a-secret-of-a-source',
      PERSON_KEY_SECRET: 'a-key-of-persons',
      GITHUB_TOKEN: 'x',
    }
    test = await stackForTest({ INVITE_SINCE: STORY.inviteSince, ...others }, { ...STORY.settings })
    await registerCallback(test)
    const { stack, tenant, secret, sightings, watch } = test
    const performance = {
      ...{ story: STORY, sightings, watch, deadlineMs: 60_000, onEvent: () => {} },
      sender: { ingress: stack.urls.ingress, tenant, secretOf: () => secret },
      signal: new AbortController().signal,
    }
    await postAll(performance)
    expect(await untilAllEnded(performance)).toEqual([])
  })

  const wordsOf = (applicant: string): string => {
    const application = STORY.applications.find(item => item.applicant === applicant)
    if (application === undefined) throw new Error(`nobody is called ${applicant}`)
    return test.sightings.outcome(applicationKey(test.tenant, application)).words
  }

  it.each(['Alice Exemple', 'Fiona Sample', 'Gareth Placeholder', 'Inès Prototype', 'Johan Exempelsson'])(
    '%s is invited and completes with scores',
    applicant => {
      expect(wordsOf(applicant)).toMatch(/^invited, completed: role fit \d+, organizational fit \d+$/)
    },
  )

  it.each([
    ['Bruno Essai', 'not invited: a spontaneous application, without a vacancy'],
    [
      'Chloé Modèle',
      'not invited: the job is blocked: the job description has 151 characters and Pulsifi needs 300',
    ],
    ['David Témoin', 'not invited: no e-mail address'],
    ['Emma Archive', 'not invited: applied before invitations were switched on (INVITE_SINCE)'],
    ['Félix Fictif', 'not invited: deleted at the source'],
    ['Hannah Specimen', 'not invited: the candidate wants no messages'],
    ['Kajsa Provsson', 'not invited: not in an applicant status at the source'],
  ])('%s: %s', (applicant, words) => {
    expect(wordsOf(applicant)).toBe(words)
  })

  it.runIf(process.platform === 'linux')(
    'no process has a secret of another in its environment',
    async () => {
      const needs = await needsOfAll()
      const known = new Set([...(await knownSecrets(['direct'])), 'GITHUB_TOKEN'])
      const found = test.stack.processes.map(({ name, pid }) => {
        const variables = readFileSync(`/proc/${pid}/environ`, 'utf8')
          .split('\0')
          .filter(line => !/=$/.test(line))
        const secrets = variables
          .map(line => line.split('=')[0] ?? '')
          .filter(variable => known.has(variable))
        return [name, secrets.filter(variable => needs.get(name)?.secrets.has(variable) !== true)] as const
      })
      expect(Object.fromEntries(found)).toEqual({
        ...{ sandbox: [], normalizer: [], 'pulsifi-sink': [], console: [] },
        ingress: ['SOURCE_DIRECT_SECRET'],
      })
    },
  )

  it('a webhook posted twice, its links signed anew, gives one Pulsifi candidate', async () => {
    const stats = await test.sandbox('/_sandbox/stats')
    expect(stats).toMatchObject({ candidates_per_ext_reference_id: {}, jobs_per_external_id: {} })
    expect(stats.candidates).toBe(5)
  })

  it('a body that nobody can read is kept with its reason', () => {
    expect(test.sightings.counts().deadLetters).toEqual(['BODY_UNREADABLE'])
  })

  it('can be read by the consumer that README shows, which knows nothing of this project', async () => {
    const wanted = [
      `application_key: 'jobylon:${test.tenant}:`,
      "score_type: 'role_fit'",
      `ats.canonical.candidate.v1 jobylon:${test.tenant}:`,
      "first_name: 'Johan'",
    ]
    const output = await runReadmeConsumer(wanted)
    expect(wanted.filter(text => !output.includes(text))).toEqual([])
  })
})
