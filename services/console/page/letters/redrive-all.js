/** Sends back everything that the filter shows: what was listed when the question was asked, and no more. */
import { getJson, postJson } from '../api.js'
import { isAsking, openQuestion, say } from '../confirm.js'
import { announce, el } from '../dom.js'
import { count } from '../format.js'
import { query } from '../state.js'

const PAGE = 200
/** The console sends 20 a second: so much is a second's work, and what is lost when the page is closed. */
const AT_ONCE = 20

export async function askForAll() {
  try {
    const letters = await listed()
    const n = count(letters.length)
    const go = el('button.go', { type: 'button', onclick: () => sendAll(letters, go) }, `Send ${n} back`)
    openQuestion(
      `Send ${n} dead letters back?`,
      el(
        'p',
        {},
        'Each goes to the process that refused it, or is read again by its source; what still cannot be used comes back here.',
        el('small', {}, 'At most 20 a second. Closing this stops it.'),
      ),
      go,
    )
  } catch (error) {
    say('Not sent back', error.message)
  }
}

/** Newest first: what comes meanwhile moves the rest, and is passed over with it when it is seen twice. */
async function listed() {
  const letters = new Map()
  for (let offset = 0; ; offset += PAGE) {
    const page = [query('code'), `limit=${PAGE}`, `offset=${offset}`].filter(Boolean).join('&')
    const { dead_letters } = await getJson(`/api/dead-letters?${page}`)
    for (const { topic, partition, offset: at } of dead_letters)
      letters.set(`${topic}/${partition}/${at}`, { topic, partition, offset: at })
    if (dead_letters.length < PAGE) return [...letters.values()]
  }
}

async function sendAll(letters, button) {
  button.disabled = true
  const tally = { sent: 0, left: 0 }
  const words = () => `${count(tally.sent)} of ${count(letters.length)} sent back`
  try {
    for (let at = 0; at < letters.length && isAsking(); at += AT_ONCE) {
      button.textContent = `${words()} …`
      const part = { dead_letters: letters.slice(at, at + AT_ONCE) }
      const { dead_letters } = await postJson('/api/dead-letters/redrive', part)
      for (const { why } of dead_letters) tally[why === null ? 'sent' : 'left'] += 1
    }
  } catch (error) {
    say(words(), `Then it stopped: ${error.message}.`)
    return
  }
  announce(words())
  if (isAsking())
    say(
      words(),
      tally.left === 0
        ? 'Those that still cannot be used come back here.'
        : `${count(tally.left)} were left: decided on meanwhile, gone by age, or still unreadable for their source.`,
    )
}
