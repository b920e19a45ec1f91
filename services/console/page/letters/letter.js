/** One dead letter: what was refused and why, what to mend and by whom, and what it holds. */
import { getJson } from '../api.js'
import { byId, el, render, table } from '../dom.js'
import { OWNERS } from '../drawer/answer.js'
import { createPanel } from '../drawer/panel.js'
import { count, moment } from '../format.js'
import { mayDecide } from '../session.js'
import { buttonsFor } from './decide.js'

export const idOf = ({ topic, partition, offset }) => `${topic}/${partition}/${offset}`

const addressOf = id => {
  const [topic = '', partition = '', offset = ''] = id.split('/')
  return `/api/dead-letters/letter?${new URLSearchParams({ topic, partition, offset })}`
}

export const letterPanel = createPanel({
  dialog: byId('letter'),
  hash: '#dead-letter=',
  headingOf: id => [
    ['h2', 'Dead letter'],
    ['p.key', id],
  ],
  /** A letter never changes: it is read once. What was decided on it shows in the list. */
  ask(id) {
    let isRead = false
    return async () => {
      if (isRead) return undefined
      const letter = await getJson(addressOf(id))
      isRead = true
      return letter
    }
  },
  partsOf: (_, heading) => [why(heading), payload(), headers()],
})

export const openLetter = letter => letterPanel.open(idOf(letter))

function why(heading) {
  const node = el('div', {})
  return {
    node,
    show({ dead_letter: letter, decision }) {
      const { text, detail, action, owner } = letter
      heading.querySelector('h2').textContent = text
      render(
        node,
        el(
          'section',
          { 'aria-labelledby': 'refused-title' },
          el('h3', { id: 'refused-title' }, 'Why it was refused'),
          detail === null || detail === ''
            ? el('p', {}, `${text}.`)
            : el('p', {}, `${text}: `, el('code', {}, detail)),
          facts(letter),
        ),
        el(
          'section',
          { 'aria-labelledby': 'mend-title' },
          el('h3', { id: 'mend-title' }, 'What to mend'),
          action === null
            ? el('p.next', {}, 'Nothing is known that would help.')
            : el('ul.todo', {}, el('li', {}, el('b', {}, `${OWNERS[owner]}:`), ` ${action}`)),
          decided(letter, decision),
        ),
      )
    },
  }
}

function decided(letter, decision) {
  if (decision !== null)
    return el(
      'p.next',
      {},
      `It was ${decision.decision} at ${moment(decision.decided_at)} by ${decision.decided_by}.`,
    )
  if (!mayDecide()) return el('p.next', {}, 'An operator can send it back or discard it here.')
  return buttonsFor(letter, 'letter-', letterPanel.close)
}

function facts({
  topic,
  event_type,
  tenant_id,
  key,
  recorded_at,
  first_topic,
  first_partition,
  first_offset,
  delivery_count,
}) {
  const origin =
    first_topic === null
      ? null
      : first_offset < 0
        ? first_topic
        : `${first_topic}/${first_partition}/${first_offset}`
  const rows = [
    ['Refused by', topic.replace('.dead-letter', '')],
    ['When', moment(recorded_at)],
    ['Event', event_type],
    ['Tenant', tenant_id],
    ['Key', key],
    ['First stood at', origin],
    [
      'Refused so far',
      delivery_count === null ? null : delivery_count === 1 ? 'once' : `${count(delivery_count)} times`,
    ],
  ].filter(([, value]) => value !== null)
  return el(
    'dl.facts',
    {},
    rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]),
  )
}

const NOTHING = {
  none: 'It was kept outside Kafka, and is not there any more.',
  bytes: 'These bytes are no text, and no record of a schema that is known here.',
}
const MASKED = 'What it says of people is masked: names and structure are as they came.'

function payload() {
  const node = el('section', { 'aria-labelledby': 'payload-title' })
  return {
    node,
    show({ payload: { form, text, bytes, is_masked, is_cut } }) {
      const notes = [is_masked && MASKED, is_cut && 'Only its beginning is shown.'].filter(Boolean)
      render(
        node,
        el('h3', { id: 'payload-title' }, `Payload, ${count(bytes)} bytes`),
        form in NOTHING
          ? el('p.next', {}, NOTHING[form])
          : el('pre.payload', { tabindex: '0', role: 'group', 'aria-labelledby': 'payload-title' }, text),
        notes.map(note => el('p.next', {}, note)),
      )
    },
  }
}

const COLUMNS = [
  { label: 'Header', cell: ({ name }) => el('span.key', {}, name) },
  { label: 'Value', cell: ({ value }) => el('span.key', {}, value) },
]

function headers() {
  const node = el('section', { 'aria-labelledby': 'headers-title' })
  return {
    node,
    show({ headers: all }) {
      render(node, el('h3', { id: 'headers-title' }, 'Headers'), table(COLUMNS, all, 'table.pairs'))
    },
  }
}
