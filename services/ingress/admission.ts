/** How much is let in at once: memory is shared by all, and one connection may not take every place. */

export interface AdmissionLimits {
  readonly requestsPerConnectionMax: number
  /** Bodies of all requests in progress together. */
  readonly bytesMax: number
}

/** The place of one request; `leave` gives back all that it holds. */
export interface Place {
  readonly hold: (bytes: number) => boolean
  readonly leave: () => void
}

export interface Admission {
  /** Null when the connection has all its places taken. */
  readonly enter: (connection: { readonly source: string; readonly tenant: string }) => Place | null
}

export function createAdmission(limits: AdmissionLimits): Admission {
  const requests = new Map<string, number>()
  let bytesHeld = 0
  return {
    enter({ source, tenant }) {
      const address = `${source}/${tenant}`
      const inProgress = requests.get(address) ?? 0
      if (inProgress >= limits.requestsPerConnectionMax) return null
      requests.set(address, inProgress + 1)
      let held = 0
      return {
        hold(bytes) {
          if (bytesHeld + bytes > limits.bytesMax) return false
          bytesHeld += bytes
          held += bytes
          return true
        },
        leave() {
          bytesHeld -= held
          held = 0
          requests.set(address, (requests.get(address) ?? 1) - 1)
        },
      }
    },
  }
}
