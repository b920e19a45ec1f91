/** The console's API. The browser keeps nothing of it; an answer that has not changed costs nothing to make. */
import { answered, asking, failed } from './states/regions.js'

/** Longer than the slowest figure takes: whoever waits longer is told that there is no answer. */
const ANSWER_MS = 20_000

/**
 * Undefined when the answer is the one that was given last, or when something else has been asked for meanwhile: then
 * nobody waits for this answer any more.
 */
export function createReader(path) {
  let last
  let turn = 0
  let asked = new AbortController()

  async function answerOf(address) {
    const known = last?.address === address ? last : null
    const response = await ask(address, known?.tag ?? null, asked.signal)
    if (response.status === 304) return known
    return { address, text: await textOf(response), tag: response.headers.get('etag') }
  }

  return async query => {
    const address = query === '' ? path : `${path}?${query}`
    const mine = ++turn
    asked.abort()
    asked = new AbortController()
    asking(path, address)
    try {
      const answer = await answerOf(address)
      if (mine !== turn) return undefined
      const isSame = last?.address === address && last.text === answer.text
      last = answer
      answered(path, address)
      return isSame ? undefined : JSON.parse(answer.text)
    } catch (error) {
      if (mine !== turn) return undefined
      failed(path, error.message)
      throw error
    }
  }
}

export const getJson = async address => JSON.parse(await textOf(await ask(address, null)))

async function ask(address, tag, given) {
  const headers = { accept: 'application/json', ...(tag === null ? {} : { 'if-none-match': tag }) }
  const late = AbortSignal.timeout(ANSWER_MS)
  const signal = given === undefined ? late : AbortSignal.any([given, late])
  const response = await reached(fetch(address, { cache: 'no-store', headers, signal }))
  // The session is over.
  if (response.status === 401) location.assign('/login')
  return response
}

/** Browsers have words of their own for it, each others. */
const reached = request =>
  request.catch(() => {
    throw new Error('the console does not answer')
  })

async function textOf(response) {
  const text = await reached(response.text())
  if (!response.ok) throw new Error(messageOf(text) ?? `the console answered ${response.status}`)
  return text
}

export async function postJson(address, body) {
  const response = await reached(
    fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )
  return JSON.parse(await textOf(response))
}

function messageOf(text) {
  try {
    return JSON.parse(text).error?.message
  } catch {
    return undefined
  }
}
