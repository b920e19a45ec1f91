/** Raw events of idibu's candidates as ingress writes them. The same for the same number of them. */

import { discoverSources } from '../../../services/platform/connections/discover-sources.ts'
import type { OutboundRecord } from '../../../services/platform/kafka/producer-batch.ts'
import { receive } from '../../../services/platform/raw-events/receive.ts'
import { idibuCandidate, seeded } from '../idibu-candidates.ts'

/** Of five events one is an earlier one, delivered again. */
const REPEATED_EVERY = 5
/** Of the others, so many speak of a candidate who is known already. */
const UPDATES = 0.3
/** And one in so many has an id that nothing can be kept under. */
const REFUSED_EVERY = 1_000
const BEGIN_WITH = 100
/** A vendor repeats what it sent lately. */
const RECENT = 20_000
const FIRST_AT_MS = Date.UTC(2026, 0, 15, 9, 30)

interface Delivery {
  readonly id: string
  readonly kind: string
  readonly text: string
}

/** In the order in which they are delivered. */
export function* deliveries(count: number): Iterable<Delivery> {
  const draw = seeded(1)
  const recent: Delivery[] = []
  const versions: number[] = []
  let fresh = 0
  for (let at = 0; at < count; at++) {
    const again = at % REPEATED_EVERY === REPEATED_EVERY - 1
    const known = again ? recent[Math.floor(draw() * recent.length)] : undefined
    const delivery = known ?? next(at)
    if (known === undefined) recent[fresh++ % RECENT] = delivery
    yield delivery
  }

  function next(at: number): Delivery {
    const isUpdate = versions.length > BEGIN_WITH && draw() < UPDATES
    const number = isUpdate ? Math.floor(draw() * versions.length) : versions.push(-1) - 1
    const version = (versions[number] ?? -1) + 1
    versions[number] = version
    const { kind, text, id } = idibuCandidate(number, version)
    const isRefused = at % REFUSED_EVERY === REFUSED_EVERY - 2
    return { id: `delivery-${at}`, kind, text: isRefused ? withLongId(text, id) : text }
  }
}

const withLongId = (text: string, id: string): string => text.replace(`"${id}"`, `"${id.padStart(700, '9')}"`)

export async function* rawCandidates(count: number): AsyncIterable<OutboundRecord> {
  const idibu = (await discoverSources()).get('idibu')
  if (idibu === undefined) throw new Error('there is no source idibu')
  let receivedAtMs = FIRST_AT_MS
  for (const { id, kind, text } of deliveries(count)) {
    const request = {
      headers: { 'x-idibu-event': kind, 'x-idibu-delivery': id },
      body: Buffer.from(text),
    }
    receivedAtMs += 1_000
    const receipt = receive(idibu, request, {
      ...{ source: 'idibu', tenant: 'default', settings: {}, auth: 'hook-token', receivedAtMs },
      ...{ contentType: 'application/json', contentEncoding: null },
      traceParent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    })
    if (receipt.type !== 'routed') throw new Error('a candidate is not routed')
    for (const { record } of receipt.records) yield record
  }
}
