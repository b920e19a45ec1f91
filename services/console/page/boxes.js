/** Groups of scores side by side: a box for each that is large enough, single scores for the others. */
import { el, table } from './dom.js'
import { count, FEW, points } from './format.js'

const at = value => `${Math.min(100, Math.max(0, value)).toFixed(2)}%`

function placed(kind, left, right = left) {
  const mark = el(`span.${kind}`)
  mark.style.setProperty('--from', at(left))
  mark.style.setProperty('--to', at(right))
  return mark
}

/** What can be seen in it stands in the other cells, too. */
function picture({ is_small, values, lowest, p25, p50, p75, highest }) {
  const marks = is_small
    ? values.map(value => placed('dot-score', value))
    : [placed('whisker', lowest, highest), placed('box', p25, p75), placed('median', p50)]
  return el('span.plot', { 'aria-hidden': 'true' }, marks)
}

const middleHalf = ({ is_small, p25, p75 }) => (is_small ? '–' : `${points(p25)}–${points(p75)}`)

const COLUMNS = [
  {
    label: 'Group',
    cell: ({ label, is_small }) => [
      label,
      is_small ? el('small', {}, `too few to compare: under ${FEW}`) : null,
    ],
  },
  { label: 'Scores', number: true, cell: ({ count: n }) => count(n) },
  { label: 'Median', number: true, cell: ({ p50 }) => points(p50) },
  { label: 'Middle half', number: true, cell: middleHalf },
  {
    label: 'Lowest to highest',
    number: true,
    cell: ({ lowest, highest }) => `${points(lowest)}–${points(highest)}`,
  },
  { label: '0 to 100', cell: picture },
]

export const boxes = series => el('div.scroll', {}, table(COLUMNS, series, 'table.cards.boxes'))
