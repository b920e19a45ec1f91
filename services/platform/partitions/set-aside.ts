/**
 * Records of a table that nobody can read. One stops nothing: the store keeps what it knew, and remembers where the
 * record stands until a readable one of the same key follows. Pure but for the state.
 */
import { KEY_SEPARATOR } from '../../core/identity.ts'
import { UndecodableError } from '../avro/codec.ts'
import type { State, StoreEntry, Table } from './processor.ts'

const PREFIX = `set-aside${KEY_SEPARATOR}`

export interface SetAside {
  readonly topic: string
  readonly key: string
  readonly offset: number
}

export const setAsideKey = (topic: string, key: string): string => `${PREFIX}${topic}${KEY_SEPARATOR}${key}`

/** All that are set aside, or those of one topic. */
export function* setAside(state: Pick<State, 'scan'>, topic?: string): Iterable<SetAside> {
  for (const [name, offset] of state.scan(topic === undefined ? PREFIX : setAsideKey(topic, ''))) {
    const [, of = '', ...key] = name.split(KEY_SEPARATOR)
    yield { topic: of, key: key.join(KEY_SEPARATOR), offset: Number(offset) }
  }
}

export const isSetAside = (state: Pick<State, 'get'>, topic: string, key: string): boolean =>
  state.get(setAsideKey(topic, key)) !== undefined

interface TableRecord {
  readonly key: string
  readonly value: Buffer | null
  readonly offset: number
}

/**
 * What the store keeps of one record, whether or not it can be read.
 * @param names keys in the store of what is set aside; kept up to date, so that nobody asks the store for each record
 */
export function entriesOf(
  { topic, entries }: Table,
  { key, value, offset }: TableRecord,
  state: State,
  names: Set<string>,
): readonly StoreEntry[] {
  const name = setAsideKey(topic, key)
  try {
    const kept = entries(key, value, state)
    return names.delete(name) ? [...kept, [name, undefined]] : kept
  } catch (error) {
    if (!(error instanceof UndecodableError)) throw error
    names.add(name)
    return [[name, offset]]
  }
}

export function namesOf(state: Pick<State, 'scan'>): Set<string> {
  return new Set([...state.scan(PREFIX)].map(([name]) => name))
}
