/** The memory that bodies in progress share, and how much of it one of those who send them may have. */

export interface MemoryLimits {
  /** Bodies of all requests in progress together. A single larger one is let in alone. */
  readonly bytesMax: number
  /** Whoever has waited so long is told to come back. */
  readonly waitMaxMs: number
}

/** Who asks: each name with the part of all memory that it may have, 0 to 1. One body it may have in any case. */
export type Holders = ReadonlyMap<string, number>

interface Request {
  readonly bytes: number
  readonly holders: Holders
}

export interface Memory {
  /** Waits for so many bytes; false when there are none in time. */
  readonly take: (bytes: number, holders: Holders) => Promise<boolean>
  readonly giveBack: (bytes: number, holders: Holders) => void
}

/**
 * First come, first served: else a large body might wait for ever. Whoever has its share waits for itself alone, and its
 * own come in their order too.
 */
export function createMemory({ bytesMax, waitMaxMs }: MemoryLimits): Memory {
  const waiting = new Set<Request & { readonly grant: () => void }>()
  const taken = new Map<string, number>()
  let takenByAll = 0

  const count = (bytes: number, holders: Holders): void => {
    takenByAll += bytes
    for (const name of holders.keys()) {
      const left = (taken.get(name) ?? 0) + bytes
      if (left > 0) taken.set(name, left)
      else taken.delete(name)
    }
  }
  const isWithinShares = ({ bytes, holders }: Request): boolean =>
    [...holders].every(([name, share]) => {
      const has = taken.get(name) ?? 0
      return has === 0 || has + bytes <= share * bytesMax
    })
  const grantNext = (): void => {
    const passedOver = new Set<string>()
    for (const next of waiting) {
      const names = [...next.holders.keys()]
      if (names.some(name => passedOver.has(name)) || !isWithinShares(next)) {
        for (const name of names) passedOver.add(name)
        continue
      }
      if (takenByAll + next.bytes > bytesMax) return
      waiting.delete(next)
      count(next.bytes, next.holders)
      next.grant()
    }
  }
  return {
    take(bytes, holders) {
      return new Promise(resolve => {
        const timer = setTimeout(() => {
          waiting.delete(request)
          resolve(false)
          grantNext()
        }, waitMaxMs)
        const request = {
          bytes,
          holders,
          grant() {
            clearTimeout(timer)
            resolve(true)
          },
        }
        waiting.add(request)
        grantNext()
      })
    },
    giveBack(bytes, holders) {
      count(-bytes, holders)
      grantNext()
    },
  }
}
