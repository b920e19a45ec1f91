/**
 * How much is let in at once: memory is shared by all, and one connection may not take every place.
 *
 * A body is read only once there is memory for all of it; until then its sender is left waiting, with the body in its
 * own buffers. Small bodies do not wait behind large ones.
 */

export interface AdmissionLimits {
  readonly requestsPerConnectionMax: number
  /** Bodies of all requests in progress together. A single larger one is let in alone. */
  readonly bytesMax: number
  /** Whoever has waited so long is told to come back. */
  readonly waitMaxMs: number
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
  /** Null when the connection has all its places taken. */
  readonly enter: (connection: { readonly source: string; readonly tenant: string }) => Place | null
}

/** What such a body costs is mostly the request around it, and the number of requests is bounded. */
export const SMALL_BODY_BYTES = 64 * 1024

const GRANTED = Promise.resolve(true)

export function createAdmission(limits: AdmissionLimits): Admission {
  const requests = new Map<string, number>()
  const memory = createMemory(limits)
  return {
    enter({ source, tenant }) {
      const address = `${source}/${tenant}`
      const inProgress = requests.get(address) ?? 0
      if (inProgress >= limits.requestsPerConnectionMax) return null
      requests.set(address, inProgress + 1)
      let held = 0
      const keep = (bytes: number): void => {
        const spare = Math.max(0, held - bytes)
        held -= spare
        memory.giveBack(spare)
      }
      return {
        reserve(bytes) {
          if (bytes <= SMALL_BODY_BYTES) return GRANTED
          const wanted = Math.min(bytes, limits.bytesMax)
          return memory.take(wanted).then(isGranted => {
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

/** First come, first served: else a large body might wait for ever. */
function createMemory({ bytesMax, waitMaxMs }: AdmissionLimits) {
  const waiting = new Set<{ readonly bytes: number; readonly grant: () => void }>()
  let taken = 0
  const grantNext = (): void => {
    for (const next of waiting) {
      if (taken + next.bytes > bytesMax) return
      waiting.delete(next)
      taken += next.bytes
      next.grant()
    }
  }
  return {
    take(bytes: number): Promise<boolean> {
      return new Promise(resolve => {
        const timer = setTimeout(() => {
          waiting.delete(request)
          resolve(false)
          grantNext()
        }, waitMaxMs)
        const request = {
          bytes,
          grant() {
            clearTimeout(timer)
            resolve(true)
          },
        }
        waiting.add(request)
        grantNext()
      })
    },
    giveBack(bytes: number): void {
      taken -= bytes
      grantNext()
    },
  }
}
