import { createReader, postJson } from './api.js'
import { closeQuestion, openQuestion, say } from './confirm.js'
import { announce, byId, el, empty, fillSelect, render, rowsFor, table } from './dom.js'
import { ago, count, moment } from './format.js'
import { askForAll } from './redrive-all.js'
import { mayDecide } from './session.js'
import { change, query, state } from './state.js'

const read = createReader('/api/dead-letters')
const place = byId('dead-letter-list')
const options = byId('dead-letter-options')
const code = byId('dead-letter-code')
const redriveAll = byId('redrive-all')
const idOf = ({ topic, partition, offset }) => `${topic}/${partition}/${offset}`

export const deadLetters = {
  start() {
    code.addEventListener('change', () => change({ code: code.value, page: state.page }))
    redriveAll.addEventListener('click', () => void askForAll())
  },
  async update() {
    const answer = await read([query('code'), `limit=${rowsFor(8, 3)}`].filter(Boolean).join('&'))
    if (answer !== undefined) show(answer)
  },
}

/** What one chooses from, and the button for all that is chosen. */
function showOptions({ total, by_code }) {
  options.hidden = by_code.length === 0 && state.code === ''
  const words = new Map(by_code.map(({ code: name, text }) => [name, text]))
  const sum = name => by_code.reduce((n, group) => n + (group.code === name ? group.count : 0), 0)
  const named = [...words].map(([name, text]) => [name, `${text} (${count(sum(name))})`])
  fillSelect(code, [['', 'all'], ...named], state.code)
  redriveAll.hidden = total < 2 || !mayDecide()
  redriveAll.textContent = `Redrive all ${count(total)}`
}

function show(answer) {
  const { total, dead_letters } = answer
  showOptions(answer)
  if (total === 0) {
    render(place, empty('None. What a process cannot use shows here with the reason.'))
    return
  }
  const columns = [
    {
      label: 'Why',
      cell: ({ text, action, detail }) => [
        text,
        el('small', {}, [detail, action].filter(Boolean).join('. ')),
      ],
    },
    {
      label: 'Refused by',
      short: true,
      cell: ({ topic, event_type }) => [topic.replace('.dead-letter', ''), el('small', {}, event_type ?? '')],
    },
    {
      label: 'Key',
      cell: ({ key, topic, partition, offset }) => [
        el('span.key', {}, key ?? '–'),
        el('small.key', {}, idOf({ topic, partition, offset })),
      ],
    },
    {
      label: 'When',
      short: true,
      cell: ({ recorded_at }) =>
        el('time', { datetime: recorded_at, title: moment(recorded_at) }, ago(recorded_at)),
    },
    ...(mayDecide() ? [{ label: 'What to do', cell: actions }] : []),
  ]
  render(
    place,
    el('div.scroll', {}, table(columns, dead_letters)),
    total > dead_letters.length
      ? el('p.intake', {}, `The newest ${count(dead_letters.length)} of ${count(total)}.`)
      : null,
  )
}

const WAYS = {
  redrive: {
    button: 'Redrive',
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
    title: 'Discard it?',
    text: () =>
      'Nothing will be done about it. It stays on its topic until that drops it by age; until then the operator command can still send it back.',
    confirm: 'Discard',
    done: 'Discarded',
    failed: 'Not discarded',
  },
}

const actions = letter =>
  el(
    'div.actions',
    {},
    Object.entries(WAYS).map(([way, { button }]) =>
      el(
        'button.plain',
        { type: 'button', 'data-key': `${way}-${idOf(letter)}`, onclick: () => ask(letter, way) },
        button,
      ),
    ),
  )

function ask(letter, way) {
  const { title, text, confirm: label } = WAYS[way]
  const go = el('button.plain', { type: 'button', onclick: () => resolve(letter, way, go) }, label)
  openQuestion(title, el('p', {}, text(letter), el('small.key', {}, letter.key ?? idOf(letter))), go)
}

async function resolve({ topic, partition, offset }, way, button) {
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
    announce(resolved.events > 1 ? `${done}: ${resolved.events} events` : done)
  } catch (error) {
    say(failed, error.message)
  }
}
