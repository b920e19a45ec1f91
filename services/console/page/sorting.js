/** Columns that a table can be ordered by, by pressing their heads; on a phone, where there are none, by a select. */
import { el, fillSelect } from './dom.js'

/**
 * @param columns those with `sort` can be ordered by; `sort` is a field, `isText` that it begins with A
 * @param chosen the field and the order that are chosen now
 * @param choose told of the field and order that somebody wants
 */
export const sortable = (columns, chosen, choose) =>
  columns.map(column => {
    if (column.sort === undefined) return column
    const isChosen = column.sort === chosen.sort
    const order = chosen.order || usual(column)
    const next = isChosen ? opposite(order) : usual(column)
    const head = el(
      'button.sort',
      { type: 'button', 'data-key': `sort-${column.sort}`, onclick: () => choose(column.sort, next) },
      column.label,
      el('span', { 'aria-hidden': 'true' }, isChosen ? (order === 'asc' ? ' ↑' : ' ↓') : ''),
    )
    return { ...column, head, ariaSort: isChosen ? `${order}ending` : null }
  })

const usual = ({ isText }) => (isText ? 'asc' : 'desc')
const opposite = order => (order === 'asc' ? 'desc' : 'asc')

/** The same as options of a select. */
export function fillSorting(select, columns, chosen) {
  const options = columns
    .filter(({ sort }) => sort !== undefined)
    .flatMap(column =>
      [usual(column), opposite(usual(column))].map(order => [
        `${column.sort} ${order}`,
        `${column.label} ${order === 'asc' ? '↑' : '↓'}`,
      ]),
    )
  const column = columns.find(({ sort }) => sort === chosen.sort)
  fillSelect(select, options, `${chosen.sort} ${chosen.order || usual(column ?? {})}`)
}

export const onSorting = (select, choose) =>
  select.addEventListener('change', () => choose(...select.value.split(' ')))
