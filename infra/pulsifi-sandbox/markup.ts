/** HTML as text. Every value passes `escaped`. */

const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in HTML, in an attribute too. */
export const escaped = (text: unknown): string =>
  String(text ?? '').replace(/[&<>"']/g, character => HTML_ESCAPES[character] ?? '')

export const code = (text: unknown): string => `<code>${escaped(text)}</code>`

/** A button that posts to the control API, with what it sends along. */
export const action = (
  path: string,
  label: string,
  {
    name = label,
    fields = {},
    attributes = '',
  }: { name?: string; fields?: Record<string, string>; attributes?: string } = {},
): string =>
  `<form method="post" action="${escaped(path)}">${Object.entries(fields)
    .map(([field, value]) => `<input type="hidden" name="${escaped(field)}" value="${escaped(value)}">`)
    .join('')}<button data-part="${escaped(name)}" ${attributes}>${escaped(label)}</button></form>`

export interface Row {
  /** The same for the same thing: by it the page finds what has changed. */
  readonly key: string
  readonly cells: readonly string[]
}

export interface Table {
  readonly id: string
  readonly title: string
  readonly heads: readonly string[]
  readonly rows: readonly Row[]
  /** How many there are, of which these are the newest. */
  readonly count: number
  readonly none: string
}

/** On a phone each row is a card whose cells say their head; roles keep it a table for whoever listens. */
export const table = ({ id, title, heads, rows, count, none }: Table): string =>
  `<section aria-labelledby="${id}-title">
<h2 id="${id}-title">${escaped(title)} <span id="${id}-count" data-list><small data-key="count">${countWords(rows.length, count)}</small></span></h2>
<table role="table" aria-labelledby="${id}-title"><thead role="rowgroup"><tr role="row">${heads
    .map(head => `<th role="columnheader" scope="col">${escaped(head)}</th>`)
    .join('')}</tr></thead>
<tbody role="rowgroup" id="${id}" data-list>
${rows.length === 0 ? emptyRow(none, heads.length) : rows.map(row => rowOf(row, heads)).join('\n')}
</tbody></table></section>`

const emptyRow = (none: string, columns: number): string =>
  `<tr role="row" data-key="none"><td role="cell" class="none" colspan="${columns}">${escaped(none)}</td></tr>`

const rowOf = ({ key, cells }: Row, heads: readonly string[]): string =>
  `<tr role="row" data-key="${escaped(key)}">${cells
    .map((cell, at) => `<td role="cell" data-head="${escaped(heads[at])}">${cell}</td>`)
    .join('')}</tr>`

const countWords = (shown: number, all: number): string =>
  shown < all
    ? `${shown.toLocaleString('en')} newest of ${all.toLocaleString('en')}`
    : all.toLocaleString('en')
