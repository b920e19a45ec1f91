/** Building and replacing parts of the page. Text is always text: nothing from the API is read as markup. */

/** `el('button.plain', { onclick }, 'Close')`; attributes that are null or false are left out. */
export function el(kind, attributes = {}, ...children) {
  const [tag, ...classes] = kind.split('.')
  const node = document.createElement(tag)
  if (classes.length > 0) node.className = classes.join(' ')
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value)
    else node.setAttribute(name, value === true ? '' : String(value))
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined))
  return node
}

export const byId = id => document.getElementById(id)

/** Replaces what is in `place`; whoever had the focus has it again when it is still there (`data-key`). */
export function render(place, ...children) {
  const active = document.activeElement
  const key = place.contains(active) ? active.dataset.key : undefined
  place.replaceChildren(...children.flat().filter(Boolean))
  for (const one of place.querySelectorAll('table')) nameAfter(one)
  for (const one of [place, ...place.querySelectorAll('.scroll')]) letScroll(one)
  if (key !== undefined)
    place.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true })
}

/** A table is called what its part of the page is called. */
function nameAfter(node) {
  const named = node.parentElement.closest('[aria-labelledby]')
  if (named !== null && !node.hasAttribute('aria-label'))
    node.setAttribute('aria-labelledby', named.getAttribute('aria-labelledby'))
}

/** What is wider than its place is reached by keyboard, too. */
function letScroll(node) {
  if (!node.classList.contains('scroll')) return
  const isWider = node.scrollWidth > node.clientWidth
  if (isWider) nameAfter(node)
  for (const [name, value] of [
    ['tabindex', '0'],
    ['role', 'group'],
  ])
    if (isWider) node.setAttribute(name, value)
    else node.removeAttribute(name)
}

export const empty = (text, command) =>
  el(
    'div.empty',
    {},
    el('p', {}, text),
    command === undefined ? null : el('pre', { tabindex: '0' }, el('code', {}, command)),
  )

/**
 * A table whose cells know their column, so that it can stand as cards on a phone. The roles are those that its elements
 * have: browsers forget them where a style makes cards of rows.
 */
export function table(columns, rows, kind = 'table.cards') {
  const head = columns.map(({ label, number, head: inside, ariaSort }) =>
    el(
      number ? 'th.number' : 'th',
      { scope: 'col', role: 'columnheader', 'aria-sort': ariaSort },
      inside ?? label,
    ),
  )
  const body = rows.map(row =>
    el(
      'tr',
      { role: 'row' },
      columns.map(({ label, number, short, cell }) =>
        el(
          'td',
          {
            class: [number && 'number', (number || short) && 'short'].filter(Boolean).join(' ') || null,
            role: 'cell',
            'data-label': label,
          },
          cell(row),
        ),
      ),
    ),
  )
  const group = { role: 'rowgroup' }
  return el(
    kind,
    { role: 'table' },
    el('thead', group, el('tr', { role: 'row' }, head)),
    el('tbody', group, body),
  )
}

/** Fills a select and keeps what is chosen. */
export function fillSelect(select, options, chosen) {
  const known = options.some(([value]) => value === chosen)
  const all = known || !chosen ? options : [...options, [chosen, chosen]]
  if (select.dataset.filled !== JSON.stringify(all)) {
    select.replaceChildren(...all.map(([value, label]) => el('option', { value }, label)))
    select.dataset.filled = JSON.stringify(all)
  }
  select.value = chosen
}

const phone = matchMedia('(max-width: 40rem)')
/** Fewer rows where each takes more room. */
export const rowsFor = (wide, narrow) => (phone.matches ? narrow : wide)

/** Read out by screen readers, seen by nobody. */
export const announce = text => {
  byId('announce').textContent = text
}
