/** What Pulsifi does wrong, each time as its stand-in is told to. */
import type { FaultInput } from '../../../infra/pulsifi-sandbox/faults.ts'
import { waitUntil } from '../wait-until.ts'
import type { AlertFault } from './fault.ts'
import type { Scene } from './scene.ts'

const scripted = (
  fault: Omit<AlertFault, 'begin'> & { readonly rules: readonly FaultInput[] },
): AlertFault => ({
  ...fault,
  async begin(scene) {
    for (const rule of fault.rules) await scene.arm(rule)
    return async () => {
      for (const rule of fault.rules) await scene.disarm(rule)
    }
  },
})

const CREATE = 'candidates.create'

export const slow = scripted({
  name: 'Pulsifi is slow',
  fires: ['AtsflowPulsifiSlow'],
  lingers: true,
  rules: [{ operation: '*', action: 'latency', ms: 3_000 }],
})
export const throttling = scripted({
  name: 'Pulsifi answers 429',
  fires: ['AtsflowPulsifiThrottles'],
  lingers: true,
  rules: [{ operation: CREATE, action: 'status', status: 429, retryAfter: 1 }],
})
/** So many in a row that nobody is called for a moment, and no more: what was done is told of by callbacks. */
export const answersLost = scripted({
  name: 'Pulsifi breaks connections after it has written',
  fires: ['AtsflowPulsifiLosesAnswers'],
  lingers: true,
  rules: [{ operation: CREATE, action: 'reset-after-write', count: 5 }],
})
export const credentialsRefused = scripted({
  name: 'Pulsifi refuses our credentials',
  fires: ['AtsflowPulsifiRefusesUs'],
  lingers: true,
  rules: [{ operation: '*', action: 'status', status: 401 }],
})
export const callbacksDropped = scripted({
  name: 'Pulsifi no longer calls back',
  fires: ['AtsflowCallbacksMissing'],
  rules: [{ operation: 'callbacks.deliver', action: 'drop' }],
})

export const pulsifiKilled: AlertFault = {
  name: 'Pulsifi is killed',
  fires: ['AtsflowPulsifiFails'],
  async begin(scene) {
    const sandbox = scene.only('sandbox')
    await scene.world.kill(sandbox)
    return async () => {
      await scene.revive(sandbox)
      await lookUp(scene)
    }
  },
}

/** One call that nobody knows the end of: no candidate was made, so that no callback can tell. */
export const answerUnknown: AlertFault = {
  name: 'the answer to one invitation is lost, and nobody looks',
  fires: ['AtsflowAmbiguous'],
  async begin(scene) {
    const rule: FaultInput = { operation: CREATE, action: 'error-before-write', status: 500, count: 1 }
    await scene.arm(rule)
    await waitUntil('an answer to be lost', 60_000, async () => (await ambiguous(scene)).length > 0)
    await scene.disarm(rule)
    return () => lookUp(scene)
  },
}

/** Somebody looks at Pulsifi, and finds none of those of whom no callback has told. */
async function lookUp(scene: Scene): Promise<void> {
  for (const key of await ambiguous(scene))
    await scene.ops('invitations', 'resolve', key, '--not-invited', '--yes')
}

async function ambiguous(scene: Scene): Promise<readonly string[]> {
  const listed = await scene.opsJson('invitations', 'list', '--outcome', 'AMBIGUOUS')
  // Cast: as the command prints the records of the ledger.
  return (listed as readonly { readonly application_key: string }[]).map(({ application_key: key }) => key)
}

const TOKEN = 'partner/oauth2/token'

/** Somebody at Pulsifi invites, by hand, a person whom we have invited. */
export const secondCandidate: AlertFault = {
  name: 'Pulsifi has a second candidate for an application',
  fires: ['AtsflowAlarm'],
  lingers: true,
  async begin(scene) {
    const [first] = (await scene.sandbox('/_sandbox/state')).candidates
    const send = async (
      path: string,
      authorization: string,
      body: unknown,
    ): Promise<ReturnType<typeof JSON.parse>> => {
      const headers = { 'content-type': 'application/json', authorization }
      const request = { method: 'POST', headers, body: JSON.stringify(body) }
      const response = await fetch(`${scene.world.sandboxUrl}/${path}`, request)
      if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}`)
      return response.json()
    }
    const basic = `Basic ${Buffer.from('somebody:else').toString('base64')}`
    const { access_token: token } = await send(TOKEN, basic, { grant_type: 'client_credentials' })
    await send('partner/v1.0/standard/candidates', `Bearer ${token}`, {
      ...{ job_id: first.job_id, ext_reference_id: first.ext_reference_id, is_anonymous_candidate: false },
      ...{ email: 'by.hand@example.com', first_name: 'Noor', last_name: 'Voorbeeld' },
    })
    return async () => {}
  },
}
