import { fuzzTest } from './fuzz-sources.ts'

fuzzTest(500)
