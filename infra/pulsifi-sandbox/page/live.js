/**
 * Renews the page every two seconds from what the server shows by now: row by row, and only rows that have changed, so that
 * focus, scrolling and what is open stay. Buttons act without leaving the page, and the search finds while one types.
 */
const EVERY_MS = 2_000
const TYPING_MS = 200
const SAID_MS = 8_000

const said = document.getElementById('said')
const search = document.getElementById('search')
/** As the server sent it: what is open or focused meanwhile is no change. */
const sources = new WeakMap()
for (const element of document.querySelectorAll('[data-key]')) sources.set(element, element.outerHTML)
document.documentElement.classList.add('live')

let latest = 0

/** An answer that a later request has overtaken is dropped. */
async function renew() {
  const number = ++latest
  const response = await fetch(location.href, { cache: 'no-store' })
  if (!response.ok) throw new Error(`answered ${response.status}`)
  const fresh = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (number !== latest) return
  for (const wanted of fresh.querySelectorAll('[data-list]')) {
    const list = document.getElementById(wanted.id)
    if (list !== null) renewList(list, [...wanted.children])
  }
}

function renewList(list, wanted) {
  const known = new Map([...list.children].map(child => [child.dataset.key, child]))
  let place = list.firstElementChild
  for (const fresh of wanted) {
    const old = known.get(fresh.dataset.key)
    known.delete(fresh.dataset.key)
    const isHere = old !== undefined && old === place
    if (isHere) place = old.nextElementSibling
    const element = renewed(old, fresh)
    if (!isHere) list.insertBefore(element, place)
  }
  for (const gone of known.values()) leave(gone)
}

function renewed(old, fresh) {
  const source = fresh.outerHTML
  if (old !== undefined && sources.get(old) === source) return old
  const element = document.importNode(fresh, true)
  sources.set(element, source)
  if (old === undefined) return element
  const opened = [...old.querySelectorAll('details')].map(details => details.open)
  element.querySelectorAll('details').forEach((details, at) => {
    details.open = opened[at] === true
  })
  const part = old.contains(document.activeElement) ? document.activeElement.dataset.part : undefined
  old.replaceWith(element)
  if (part !== undefined) focusPart(element, part)
  return element
}

/** What was pressed may be gone with its row's next state: then the row itself is held. */
function focusPart(element, part) {
  const same = element.querySelector(`[data-part="${CSS.escape(part)}"]`)
  const other = element.querySelector('[data-part]')
  if (same !== null || other !== null) (same ?? other).focus({ preventScroll: true })
  else hold(element)
}

/** Focus that would fall to the top of the page goes to the list that it was in. */
function leave(gone) {
  const list = gone.parentElement
  const wasFocused = gone.contains(document.activeElement)
  gone.remove()
  if (wasFocused && list !== null) hold(list)
}

function hold(element) {
  element.tabIndex = -1
  element.focus({ preventScroll: true })
}

let leaving

/** Told once, not every two seconds, and over nothing for long; what is so until it changes stays. */
function say(text, stays = false) {
  if (said.textContent !== text) said.textContent = text
  clearTimeout(leaving)
  if (!stays)
    leaving = setTimeout(() => {
      said.textContent = ''
    }, SAID_MS)
}

let isAway = false

async function renewAndSay() {
  try {
    await renew()
    if (isAway) say('The sandbox answers again.')
    isAway = false
  } catch {
    isAway = true
    say('The sandbox does not answer: what is shown may be old.', true)
  }
}

async function goOn() {
  if (!document.hidden) await renewAndSay()
  setTimeout(goOn, EVERY_MS)
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void renewAndSay()
})

document.addEventListener('submit', async event => {
  const form = event.target
  event.preventDefault()
  // The search finds by itself.
  if (form.method !== 'post') return
  const label = form.querySelector('button').textContent
  try {
    const response = await fetch(form.action, {
      method: 'POST',
      body: new URLSearchParams(new FormData(form)),
      headers: { accept: 'application/json' },
      redirect: 'manual',
    })
    if (response.type === 'opaqueredirect' || response.ok) say(`Done: ${label}.`)
    else say(`Not done: ${label} (${(await response.json()).error.message}).`)
  } catch {
    say(`Not done: ${label}. The sandbox does not answer.`)
  }
  await renewAndSay()
})

let typed
search?.addEventListener('input', () => {
  clearTimeout(typed)
  typed = setTimeout(() => {
    const url = new URL(location.href)
    if (search.value === '') url.searchParams.delete('search')
    else url.searchParams.set('search', search.value)
    history.replaceState(null, '', url)
    void renewAndSay()
  }, TYPING_MS)
})

setTimeout(goOn, EVERY_MS)
