/**
 * How much is let in at once: memory is shared by all, and neither one connection nor one sender may take every place.
 *
 * A body is read only once there is memory for all of it; until then its sender is left waiting, with the body in its
 * own buffers. Small bodies do not wait behind large ones.
 */

import { createMemory, type Holders, type MemoryLimits } from './body-memory.ts'

export interface AdmissionLimits extends MemoryLimits {
  readonly requestsPerConnectionMax: number
}

/** The place of one request; `leave` gives back all that it holds. */
export interface Place {
  /** Resolves once so many bytes are this request's, in the order of asking; false when that took too long. */
  readonly reserve: (bytes: number) => Promise<boolean>
  /** Gives back what was reserved beyond so many bytes. */
  readonly keep: (bytes: number) => void
  readonly leave: () => void
}

export interface Admission {
  /**
   * Null when the connection has all its places taken.
   * @param sender asked for the address, once memory is needed
   */
  readonly enter: (
    connection: { readonly source: string; readonly tenant: string },
    sender: () => string,
  ) => Place | null
}

/** Parts of the memory that a connection and an address may have. One address may be the proxy before all of them. */
const CONNECTION_SHARE = 0.5
const ADDRESS_SHARE = 0.75

/** What such a body costs is mostly the request around it, and the number of requests is bounded. */
export const SMALL_BODY_BYTES = 64 * 1024

const GRANTED = Promise.resolve(true)

export function createAdmission(limits: AdmissionLimits): Admission {
  const requests = new Map<string, number>()
  const memory = createMemory(limits)
  return {
    enter({ source, tenant }, sender) {
      const address = `${source}/${tenant}`
      const inProgress = requests.get(address) ?? 0
      if (inProgress >= limits.requestsPerConnectionMax) return null
      requests.set(address, inProgress + 1)
      let held = 0
      let holders: Holders = new Map()
      const keep = (bytes: number): void => {
        const spare = Math.max(0, held - bytes)
        held -= spare
        if (spare > 0) memory.giveBack(spare, holders)
      }
      return {
        reserve(bytes) {
          if (bytes <= SMALL_BODY_BYTES) return GRANTED
          const wanted = Math.min(bytes, limits.bytesMax)
          holders = new Map([
            [address, CONNECTION_SHARE],
            [`from ${sender()}`, ADDRESS_SHARE],
          ])
          return memory.take(wanted, holders).then(isGranted => {
            if (isGranted) held += wanted
            return isGranted
          })
        },
        keep,
        leave() {
          keep(0)
          requests.set(address, (requests.get(address) ?? 1) - 1)
        },
      }
    },
  }
}
