import { fuzzTest } from '../e2e/fuzz-sources.ts'

fuzzTest(10_000)
