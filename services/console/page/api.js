/** The console's API. The browser keeps the ETags: an answer that has not changed costs nothing to make. */

/** Undefined when the answer is the one that was given last. */
export function createReader(path) {
  let last
  return async query => {
    const address = query === '' ? path : `${path}?${query}`
    const text = await read(address)
    if (last?.address === address && last.text === text) return undefined
    last = { address, text }
    return JSON.parse(text)
  }
}

export const getJson = async address => JSON.parse(await read(address))

async function read(address) {
  const response = await fetch(address, { cache: 'no-cache', headers: { accept: 'application/json' } })
  // The session is over.
  if (response.status === 401) location.assign('/login')
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
  const text = await response.text()
  if (!response.ok) throw new Error(messageOf(text) ?? `the console answered ${response.status}`)
  return JSON.parse(text)
}

function messageOf(text) {
  try {
    return JSON.parse(text).error?.message
  } catch {
    return undefined
  }
}
