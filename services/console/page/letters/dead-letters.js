import { createReader } from '../api.js'
import { byId, el, empty, fillSelect, render, rowsFor, table } from '../dom.js'
import { ago, count, LANGUAGE, moment } from '../format.js'
import { mayDecide } from '../session.js'
import { change, query, state } from '../state.js'
import { buttonsFor } from './decide.js'
import { idOf, openLetter } from './letter.js'
import { askForAll } from './redrive-all.js'

const read = createReader('/api/dead-letters')
const place = byId('dead-letter-list')
const options = byId('dead-letter-options')
const code = byId('dead-letter-code')
const redriveAll = byId('redrive-all')

export const deadLetters = {
  start() {
    code.addEventListener('change', () => change({ code: code.value }))
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
      cell: letter => [
        el(
          'button.link',
          { type: 'button', 'data-key': `letter-${idOf(letter)}`, onclick: () => openLetter(letter) },
          letter.text,
        ),
        el('small', {}, [letter.detail, letter.action].filter(Boolean).join('. ')),
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
        el('time', { datetime: recorded_at, title: moment(recorded_at), lang: LANGUAGE }, ago(recorded_at)),
    },
    ...(mayDecide() ? [{ label: 'What to do', cell: letter => buttonsFor(letter) }] : []),
  ]
  render(
    place,
    el('div.scroll', {}, table(columns, dead_letters)),
    total > dead_letters.length
      ? el('p.intake', {}, `The newest ${count(dead_letters.length)} of ${count(total)}.`)
      : null,
  )
}
