/** The console's API. The browser keeps nothing of it; an answer that has not changed costs nothing to make. */

/** Undefined when the answer is the one that was given last. */
export function createReader(path) {
  let last
  return async query => {
    const address = query === '' ? path : `${path}?${query}`
    const tag = last?.address === address ? last.tag : null
    const response = await ask(address, tag)
    if (response.status === 304) return undefined
    const text = await textOf(response)
    const isSame = last?.address === address && last.text === text
    last = { address, text, tag: response.headers.get('etag') }
    return isSame ? undefined : JSON.parse(text)
  }
}

export const getJson = async address => JSON.parse(await textOf(await ask(address, null)))

async function ask(address, tag) {
  const headers = { accept: 'application/json', ...(tag === null ? {} : { 'if-none-match': tag }) }
  const response = await fetch(address, { cache: 'no-store', headers })
  // The session is over.
  if (response.status === 401) location.assign('/login')
  return response
}

async function textOf(response) {
  const text = await response.text()
  if (!response.ok) throw new Error(messageOf(text) ?? `the console answered ${response.status}`)
  return text
}

export async function postJson(address, body) {
  const response = await fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return JSON.parse(await textOf(response))
}

function messageOf(text) {
  try {
    return JSON.parse(text).error?.message
  } catch {
    return undefined
  }
}
