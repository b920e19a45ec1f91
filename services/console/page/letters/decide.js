/** What an operator decides about one dead letter, after a question. */
import { postJson } from '../api.js'
import { closeQuestion, openQuestion, say } from '../confirm.js'
import { announce, el } from '../dom.js'

const WAYS = {
  redrive: {
    button: 'Redrive',
    look: 'go',
    title: 'Send it back?',
    text: ({ topic }) =>
      topic.startsWith('ingress.')
        ? 'Its source will read it again. What it finds becomes events as if they had just come in.'
        : 'The process that refused it will read it again.',
    confirm: 'Send back',
    done: 'Sent back',
    failed: 'Not sent back',
  },
  discard: {
    button: 'Discard',
    look: 'grave',
    title: 'Discard it?',
    text: () =>
      'Nothing will be done about it. It stays on its topic until that drops it by age; until then the operator command can still send it back.',
    confirm: 'Discard',
    done: 'Discarded',
    failed: 'Not discarded',
  },
}

const idOf = ({ topic, partition, offset }) => `${topic}/${partition}/${offset}`

/** `before` tells the same buttons in two places apart; `done` is told when one of them has done it. */
export const buttonsFor = (letter, before = '', done = () => {}) =>
  el(
    'div.actions',
    {},
    Object.entries(WAYS).map(([way, { button, look }]) =>
      el(
        `button.${look}`,
        {
          type: 'button',
          'data-key': `${before}${way}-${idOf(letter)}`,
          onclick: () => ask(letter, way, done),
        },
        button,
      ),
    ),
  )

function ask(letter, way, done) {
  const { title, text, confirm: label, look } = WAYS[way]
  const go = el(`button.${look}`, { type: 'button', onclick: () => resolve(letter, way, go, done) }, label)
  openQuestion(title, el('p', {}, text(letter), el('small.key', {}, letter.key ?? idOf(letter))), go)
}

async function resolve({ topic, partition, offset }, way, button, then) {
  const { done, failed } = WAYS[way]
  button.disabled = true
  button.textContent = 'One moment …'
  try {
    const answer = await postJson(`/api/dead-letters/${way}`, {
      dead_letters: [{ topic, partition, offset }],
    })
    const [resolved] = answer.dead_letters
    if (resolved.why !== null) {
      say(failed, `${resolved.why}.`)
      return
    }
    closeQuestion()
    then()
    announce(resolved.events > 1 ? `${done}: ${resolved.events} events` : done)
  } catch (error) {
    say(failed, error.message)
  }
}
