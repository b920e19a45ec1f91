/** What Node is told for every process of ours; package.json and the Dockerfile say the same. */
export const NODE_FLAGS = [
  // kafkajs computes a negative timeout now and then; it does no harm and would stand in every log.
  '--disable-warning=TimeoutNegativeWarning',
  // MiB. What V8 would choose grows with the machine: up to 180 MiB more memory in ingress, 120 in the normalizer, and
  // no event more a second (decision 0030).
  '--max-semi-space-size=16',
]
