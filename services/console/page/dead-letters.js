import { createReader, postJson } from './api.js'
import { announce, byId, el, empty, render, rowsFor, table } from './dom.js'
import { ago, count, moment } from './format.js'

const read = createReader('/api/dead-letters')
const place = byId('dead-letter-list')
const confirm = byId('confirm')
const idOf = ({ topic, partition, offset }) => `${topic}/${partition}/${offset}`

export const deadLetters = {
  async update() {
    const answer = await read(`limit=${rowsFor(8, 3)}`)
    if (answer !== undefined) show(answer)
  },
}

function show({ total, dead_letters }) {
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
    { label: 'What to do', cell: actions },
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
  const go = el('button.plain', { type: 'button', onclick: () => settle(letter, way, go) }, label)
  open(title, el('p', {}, text(letter), el('small.key', {}, letter.key ?? idOf(letter))), go)
}

async function settle({ topic, partition, offset }, way, button) {
  const { done, failed } = WAYS[way]
  button.disabled = true
  button.textContent = 'One moment …'
  try {
    const answer = await postJson(`/api/dead-letters/${way}`, {
      dead_letters: [{ topic, partition, offset }],
    })
    const [settled] = answer.dead_letters
    if (settled.why !== null) {
      say(failed, `${settled.why}.`)
      return
    }
    confirm.close()
    announce(settled.events > 1 ? `${done}: ${settled.events} events` : done)
  } catch (error) {
    say(failed, error.message)
  }
}

const say = (title, text, ...more) => open(title, el('p', {}, text), ...more)

function open(title, ...children) {
  const close = el(
    'button.plain',
    { type: 'button', autofocus: true, onclick: () => confirm.close() },
    'Close',
  )
  render(
    confirm,
    el('h2', { id: 'confirm-title' }, title),
    ...children.slice(0, 1),
    el('div.actions', {}, ...children.slice(1), close),
  )
  if (!confirm.open) confirm.showModal()
}
