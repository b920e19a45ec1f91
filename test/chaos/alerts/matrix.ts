/** Every fault that is tried beside Prometheus, in which company, and every alert that none of them can reach. */
import type { AlertFault } from './fault.ts'
import {
  brokerStands,
  canariesHeld,
  canariesRefused,
  deadLetter,
  retentionFaster,
  spoolDamaged,
  spoolFull,
  tooLarge,
  unreadableRecord,
} from './faults-of-intake.ts'
import {
  clockAhead,
  consoleMissing,
  consoleRestarts,
  killed,
  otherVersion,
  registryKilled,
  sinkStands,
} from './faults-of-processes.ts'
import {
  answersLost,
  answerUnknown,
  callbacksDropped,
  credentialsRefused,
  pulsifiKilled,
  secondCandidate,
  slow,
  throttling,
} from './faults-of-pulsifi.ts'

/** Told of after an hour: begun first, and left alone while others are tried. */
export const RIPENING: readonly AlertFault[] = [otherVersion, deadLetter, answerUnknown]

/** Everybody feels these: one after the other. */
export const OF_EVERYTHING: readonly AlertFault[] = [
  retentionFaster,
  killed('ingress'),
  // Long before anybody gives a command that needs the registry, to take back what has ripened.
  registryKilled,
  sinkStands,
  killed('normalizer'),
  brokerStands,
  spoolFull,
  spoolDamaged,
  clockAhead,
  // Before Pulsifi fails for long: whoever has just failed is called once in a while alone.
  answersLost,
  throttling,
]

/** Lanes that do not meet, each one after the other. */
export const OF_PARTS: readonly (readonly AlertFault[])[] = [
  [consoleMissing, canariesRefused, canariesHeld, tooLarge, unreadableRecord, consoleRestarts],
  [callbacksDropped, secondCandidate, pulsifiKilled, credentialsRefused],
  [slow],
]
export const ALL_FAULTS: readonly AlertFault[] = [...RIPENING, ...OF_EVERYTHING, ...OF_PARTS.flat()]

/** By alert, why no fault of these fires it. Each is tried by promtool, on series that are written by hand. */
export const NOT_TRIED: Readonly<Record<string, string>> = {
  AtsflowStandsStill: 'a process that stands still ends by itself after 80 s: only a broken build stays',
  AtsflowFallsBehind:
    'needs a thousand records that wait for an hour, and a process that moves all the while',
  AtsflowTopicRefused:
    'needs a cluster with rights: the fault "right removed" of the chaos suite on three brokers',
  AtsflowNotFresh:
    'an event would have to take more than a minute, and what waited through an outage is left out',
  AtsflowIncomplete: 'a bug: nothing that is done to a process from outside makes it count wrongly',
  AtsflowLedgerLost: 'a topic that has lost its end ruins the cluster for what follows: the drills play it',
  AtsflowStateMadeAnew: 'the same',
  AtsflowIntentOpen: 'a call ends by itself within 45 s unless its owner is away, which AtsflowDown tells',
  AtsflowRetriesExhausted: 'Pulsifi would have to fail for 24 hours, which no setting shortens',
  AtsflowWaitsForEver: 'fifteen days are a day here',
  AtsflowDeadLettersExpire: 'ten days are sixteen hours here',
  AtsflowPulsifiBudgetTooSmall: 'two hours are eight minutes here',
}
