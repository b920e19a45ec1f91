/** One account at Pulsifi as an instance uses it. */
import type { PulsifiClient } from '../../platform/pulsifi/pulsifi-client.ts'
import type { Turns } from './turns.ts'

export interface Account {
  readonly client: PulsifiClient
  readonly turns: Turns
}

export type Accounts = ReadonlyMap<string, Account>
