import { createReader, postJson } from './api.js'
import { announce, byId, el, empty, render, rowsFor, table } from './dom.js'
import { ago, count, moment } from './format.js'

const read = createReader('/api/dead-letters')
const place = byId('dead-letter-list')
const confirm = byId('confirm')
const idOf = ({ topic, partition, offset }) => `${topic}/${partition}/${offset}`
const commandFor = letter => `npm run ops -- dead-letters redrive ${idOf(letter)}`

export const deadLetters = {
  async update() {
    const answer = await read(`limit=${rowsFor(8, 3)}`)
    if (answer !== undefined) show(answer)
  },
}

function show({ total, dead_letters, can_redrive }) {
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
    { label: 'Redrive', cell: letter => actions(letter, can_redrive) },
  ]
  render(
    place,
    el('div.scroll', {}, table(columns, dead_letters)),
    total > dead_letters.length
      ? el('p.intake', {}, `The newest ${count(dead_letters.length)} of ${count(total)}.`)
      : null,
  )
}

/** What ingress refused never had a place to go back to: its sender sends it again. */
function actions(letter, canRedrive) {
  if (letter.topic.startsWith('ingress.')) return el('small', {}, 'by its sender')
  const id = idOf(letter)
  const copy = el(
    'button.plain',
    { type: 'button', 'data-key': `copy-${id}`, onclick: () => copyCommand(letter) },
    'Copy command',
  )
  const redrive = el(
    'button.plain',
    {
      type: 'button',
      'data-key': `redrive-${id}`,
      disabled: !canRedrive,
      title: canRedrive ? null : 'Redriving is done with the operator command.',
      onclick: () => ask(letter),
    },
    'Redrive',
  )
  return el('div.actions', {}, redrive, canRedrive ? null : copy)
}

async function copyCommand(letter) {
  await navigator.clipboard?.writeText(commandFor(letter)).catch(() => undefined)
  say('Copied', 'Run this where the project is:', el('code', {}, commandFor(letter)))
}

function ask(letter) {
  const send = async () => {
    const { topic, partition, offset } = letter
    try {
      await postJson('/api/dead-letters/redrive', { dead_letters: [{ topic, partition, offset }] })
      confirm.close()
      announce('Sent back')
    } catch (error) {
      say('Not sent back', error.message)
    }
  }
  open(
    'Send it back?',
    el('p', {}, `The process that refused ${letter.key ?? 'it'} will read it again.`),
    el('button.plain', { type: 'button', onclick: send }, 'Send back'),
  )
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
