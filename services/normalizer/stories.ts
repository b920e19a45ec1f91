/** Whose story an input of the normalizer belongs to. */
import type { Stories } from '../platform/tracing/tracing.ts'
import type { Effect, Internal } from './follow-up.ts'

export const STORIES: Stories<Internal, Effect> = {
  storyOf: input =>
    input.type === 'record'
      ? { key: input.key?.toString() ?? '', continues: true }
      : { key: input.input.key, continues: false },
  nameOf: input => input.do,
  intentOf: () => null,
}
