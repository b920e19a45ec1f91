import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deletedKeys, knownVersion, versionEntries } from '../../../services/normalizer/known-versions.ts'
import type { Version } from '../../../services/normalizer/version-of.ts'
import { openPartitionStore, type PartitionStore } from '../../../services/platform/partitions/store.ts'

const KEY = 'idibu:default:1'
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
const ms = fc.integer({ min: 0, max: 4_102_444_800_000 })

const versions: fc.Arbitrary<Version> = fc.record({
  content: digits(32),
  // Nothing is known of the body of what an operator or an older version wrote.
  bodySha256: fc.oneof(digits(64), fc.constant('')),
  receivedAtMs: ms,
  clockMs: fc.option(ms),
  deletedAtMs: fc.option(ms),
  deleted: fc.boolean(),
  isUndated: fc.boolean(),
  said: fc.integer({ min: 0, max: 2 ** 21 - 1 }),
  topicId: fc.constantFrom('', 'Jx0Yb1ZyTMy1bqYkQ6mMHg'),
  offset: fc.nat(),
  superseded: fc.uniqueArray(fc.tuple(digits(64), ms), { maxLength: 8, selector: ([body]) => body }),
})

let directory: string
let store: PartitionStore
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'known-versions-'))
  store = openPartitionStore(join(directory, 'state'), () => 0)
})
afterAll(async () => {
  await store.close()
  rmSync(directory, { recursive: true, force: true })
})

it('says after the disk what it said before', () => {
  fc.assert(
    fc.property(fc.constantFrom('job' as const, 'candidate' as const), versions, (type, version) => {
      store.apply(versionEntries(type, KEY, version), [], true)
      expect(knownVersion(store, type, KEY)).toEqual(version)
      const isListed = [...deletedKeys(store)].some(deleted => deleted.type === type)
      expect(isListed).toBe(version.deletedAtMs !== null)
    }),
    { numRuns: 50 },
  )
})

it('says the same of what is not on disk yet', () => {
  fc.assert(
    fc.property(versions, version => {
      const pending = new Map(versionEntries('job', KEY, version))
      const state = { get: (key: string) => pending.get(key), scan: () => [] }
      expect(knownVersion(state, 'job', KEY)).toEqual(version)
    }),
  )
})

it('knows nothing of a key that is forgotten', () => {
  store.apply(versionEntries('job', KEY, undefined), [], true)
  expect(knownVersion(store, 'job', KEY)).toBeUndefined()
})
