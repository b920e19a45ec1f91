/** What an operator can say of the application: a choice where it is about what Pulsifi has, else a button. */
import { postJson } from '../api.js'
import { closeQuestion, openQuestion, say } from '../confirm.js'
import { announce, el, render } from '../dom.js'
import { time } from '../format.js'
import { mayDecide } from '../session.js'
import { copyable } from './copy.js'

/** As long as the operator's command waits, before it says why nothing may come. */
const ANSWER_MS = 15_000
const SILENT =
  'Nothing has changed yet. Its owner may have found nothing to change; or pulsifi-sink is not running: look at its health, then ask again.'

export function settle() {
  const node = el('section', { 'aria-labelledby': 'settle-title' })
  const form = el('div', {})
  const note = el('p.next', { role: 'status' })
  let seen = ''
  /** What was asked for, until the ledger says something new. */
  let asked = null
  return {
    node,
    show(told) {
      const { acts } = told.answer
      const now = JSON.stringify([acts, told.application?.attempt, told.application?.decided_at, mayDecide()])
      node.hidden = acts.length === 0 && asked === null
      if (asked !== null) follow(now)
      // What somebody has typed in stays until there is something else to decide.
      if (now === seen) return
      seen = now
      if (acts.length === 0) return render(node, note)
      render(node, el('h3', { id: 'settle-title' }, titleOf(acts)), form, note)
      render(form, mayDecide() ? controls(told, send) : el('p.next', {}, 'An operator can do this here.'))
    },
  }

  function follow(now) {
    if (now !== asked.before) {
      note.textContent = 'It was decided anew: see above.'
      announce('It was decided anew')
      asked = null
    } else if (Date.now() > asked.atMs + ANSWER_MS) note.textContent = SILENT
  }

  async function send(told, resolution, candidateId) {
    const buttons = [...form.querySelectorAll('button')]
    for (const button of buttons) button.disabled = true
    note.textContent = 'One moment …'
    try {
      const { asked_at } = await postJson('/api/applications/resolve', {
        application_key: told.application.application_key,
        attempt: told.application.attempt,
        resolution,
        pulsifi_candidate_id: candidateId,
      })
      asked = { before: seen, atMs: Date.now() }
      note.textContent = `Asked for at ${time(asked_at)}. Its owner answers with its next decision, which shows here.`
    } catch (error) {
      note.textContent = ''
      say('Nothing was done', `${error.message}.`)
    }
    for (const button of buttons) button.disabled = false
  }
}

const titleOf = acts => (isAboutPulsifi(acts) ? 'Settle it' : 'Decide again')
const isAboutPulsifi = acts => acts.some(({ resolution }) => resolution === 'invited')

function controls(told, send) {
  const { acts } = told.answer
  const commands = copyable(acts.map(({ command }) => command))
  if (isAboutPulsifi(acts)) return [choice(told, send), commands]
  const [{ consequence }] = acts
  const go = el(
    'button.go',
    { type: 'button', 'data-key': 'decide-again', onclick: () => void send(told, 'decide-again', null) },
    'Decide again',
  )
  return [el('p.next', {}, consequence), go, commands]
}

const SAID = { invited: 'Pulsifi has the candidate', 'not-invited': 'Pulsifi has no such candidate' }

/** Two answers to one question, so that neither is given by a slip. */
function choice(told, send) {
  const { acts } = told.answer
  const { ext_reference_id, email, pulsifi_candidate_id } = told.application
  const id = el('input', {
    ...{
      type: 'text',
      name: 'id',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: 255,
      pattern: '\\S+',
    },
    ...{ 'aria-label': 'Its id at Pulsifi', placeholder: 'its id at Pulsifi', value: pulsifi_candidate_id },
  })
  const options = acts.map(({ resolution, consequence }) => {
    const radio = el('input', { type: 'radio', name: 'said', value: resolution, required: true })
    return el(
      'div.said',
      {},
      el('label', {}, radio, ` ${SAID[resolution]}`),
      resolution === 'invited' ? id : null,
      el('small', {}, consequence),
    )
  })
  const isOnlyOne = acts.length === 1
  const form = el(
    'form',
    { 'aria-labelledby': 'settle-title' },
    el(
      'p',
      {},
      `Look for the candidate at Pulsifi, by the reference ${[ext_reference_id, email].filter(Boolean).join(' or the address ')}. Then say what you have found.`,
    ),
    isOnlyOne ? el('p', {}, 'A callback of Pulsifi has named the candidate, so there is one.') : null,
    el('fieldset', {}, el('legend', {}, 'At Pulsifi'), options),
    el('button.go', { type: 'submit', 'data-key': 'settle' }, 'Settle'),
  )
  form.addEventListener('change', () => {
    id.required = form.elements.said.value === 'invited'
  })
  id.addEventListener('focus', () => {
    form.querySelector('[value=invited]').checked = true
    id.required = true
  })
  form.addEventListener('submit', event => {
    event.preventDefault()
    const said = form.elements.said.value
    confirmed(acts, said, () => send(told, said, said === 'invited' ? id.value.trim() : null))
  })
  return form
}

/** What may invite somebody twice is asked once more. */
function confirmed(acts, said, go) {
  if (said !== 'not-invited') return void go()
  const { consequence } = acts.find(({ resolution }) => resolution === said)
  const button = el(
    'button.grave',
    {
      type: 'button',
      onclick: () => {
        closeQuestion()
        void go()
      },
    },
    'Pulsifi has no such candidate',
  )
  openQuestion('Have you looked?', el('p', {}, consequence), button)
}
