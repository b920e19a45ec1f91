/**
 * Canaries: made-up deliveries of our own that go the way of a vendor's, to see that there is one (decision 0069). What they
 * speak of has ids that nothing else may have: a canary that has lost its mark is refused, and never becomes a person.
 */
const ID_PREFIX = 'atsflow-canary-'

/** New for each, so that one after the other comes to every partition. */
export const canaryId = (postedMs: number): string => `${ID_PREFIX}${postedMs}`

export const isCanaryId = (externalId: string): boolean => externalId.startsWith(ID_PREFIX)
