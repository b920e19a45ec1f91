import { deadLetterTopic, PULSIFI_RAW, rawTopic } from '../core/topics.ts'
import type { Sources } from '../platform/connections/discover-sources.ts'

/** Every topic that ingress writes. */
export const ingressTopics = (sources: Sources): readonly string[] => [
  ...[...sources.keys()].map(rawTopic),
  PULSIFI_RAW,
  deadLetterTopic('ingress'),
]
