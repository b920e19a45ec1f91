/** One address for several companies: each to its own tenant, and nobody of an unknown one to anybody's. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { bodyOf } from '../../infra/demo/post-webhooks.ts'
import { STORY, type Step } from '../../infra/demo/story.ts'
import { eventually, restarted, type StackForTest, stackForTest } from '../e2e/stack-for-test.ts'
import { opsJson } from '../support/ops.ts'

const sent = JSON.parse(bodyOf(STORY.steps.find(({ file }) => file === 'jobylon-candidate.json') as Step))
const idOf = (company: string, at: number): string =>
  `0b5e1c1a-6f1e-4c7e-9a55-${company}${at}`.padEnd(36, '0')

/** The connections as an operator writes them, and the processes that read them anew. */
async function name(
  { stack, tenant }: StackForTest,
  companies: Readonly<Record<string, string>>,
): Promise<void> {
  const file = stack.env.CONNECTIONS_FILE ?? ''
  const { connections, pulsifi } = JSON.parse(readFileSync(file, 'utf8'))
  const [account] = pulsifi
  for (const connection of connections)
    if (connection.source === 'jobylon') connection.settings = { ...connection.settings, companies }
  const tenants = new Set([tenant, ...Object.values(companies)])
  const accounts = [...tenants].map(one => ({ ...account, tenant: one }))
  writeFileSync(file, JSON.stringify({ connections, pulsifi: accounts }))
  await Promise.all(['ingress', 'normalizer', 'pulsifi-sink'].map(process => restarted(stack, process)))
}

it('sends the people of each company to its tenant, and those of an unknown one once it is known', async () => {
  const test = await stackForTest({ INVITE_SINCE: STORY.inviteSince, JOB_WAIT_SECONDS: '1' })
  onTestFinished(test.stop)
  const { tenant, secret } = test
  const [wayne, acme] = [`${tenant}-w`, `${tenant}-a`]
  const post = async (body: unknown) => {
    const headers = { authorization: `Bearer ${secret}` }
    await eventually('a webhook is taken', 30_000, async () => {
      const answer = await test.post(`jobylon/${tenant}`, JSON.stringify(body), headers).catch(() => null)
      return answer?.status === 200 ? answer : null
    })
  }
  const candidateOf = (company: string) => ({
    ...sent,
    data: {
      ...sent.data,
      company: { id: company },
      job: { ...sent.data.job, id: idOf(company, 1) },
      candidate: { ...sent.data.candidate, id: idOf(company, 2) },
    },
  })
  const invitationsOf = async (of: string) =>
    (await opsJson(test.stack.env, 'invitations', 'list', '--tenant', of)) as {
      readonly application_key: string
      readonly outcome: string
      readonly reasons: readonly string[]
    }[]
  const one = (of: string, outcome: string) =>
    eventually(`somebody of ${of} is ${outcome}`, 60_000, async () => {
      const found = (await invitationsOf(of)).find(invitation => invitation.outcome === outcome)
      return found ?? null
    })

  await name(test, { 'c-1': wayne })
  for (const company of ['c-1', 'c-2']) {
    const signup = { company_id: company, company_name: `Company ${company}`, has_config: true }
    await post({ event_type: 'company', action: 'signup', data: signup })
    await post(candidateOf(company))
  }
  expect((await one(wayne, 'INVITED')).application_key).toBe(`jobylon:${wayne}:${idOf('c-1', 2)}`)
  expect((await one(tenant, 'WAITING')).reasons).toEqual(['COMPANY_UNKNOWN'])
  const listed = await opsJson(test.stack.env, 'companies', 'list')
  expect(listed).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ company: 'c-1', name: 'Company c-1', tenant_id: wayne, waiting: 0 }),
      expect.objectContaining({ company: 'c-2', name: 'Company c-2', tenant_id: null, waiting: 1 }),
    ]),
  )

  await name(test, { 'c-1': wayne, 'c-2': acme })
  expect((await one(acme, 'INVITED')).application_key).toBe(`jobylon:${acme}:${idOf('c-2', 2)}`)
  const { candidates, candidates_per_ext_reference_id } = await test.sandbox('/_sandbox/stats')
  expect([candidates, candidates_per_ext_reference_id]).toEqual([2, {}])
})
