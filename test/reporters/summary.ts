/**
 * Ends a run with one plain line, `N passed, N failed, N skipped`. With TEST_SUMMARY_FILE set the same numbers are
 * appended to that file, so that a caller can add up several runs.
 */
import { appendFileSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A file that cannot be loaded and an error outside of any test count as one failure each. */
export function totalsOf(modules: readonly TestModule[], unhandled: readonly unknown[]): Totals {
  const totals = { passed: 0, failed: unhandled.length, skipped: 0 }
  for (const module of modules) {
    totals.failed += suiteErrors(module)
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed' || state === 'failed') totals[state] += 1
      // A test that never ran because the run was cut short must not disappear.
      else totals.skipped += 1
    }
  }
  return totals
}

/** Errors of the file and of its hooks, outside of any test. */
function suiteErrors(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter(suite => suite.errors().length > 0).length
  return suites + (module.errors().length > 0 ? 1 : 0)
}

export const summaryLine = ({ passed, failed, skipped }: Totals): string =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`

export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const totals = totalsOf(modules, unhandled)
    const file = process.env.TEST_SUMMARY_FILE
    if (file) appendFileSync(file, `${totals.passed} ${totals.failed} ${totals.skipped}\n`)
    process.stdout.write(`${summaryLine(totals)}\n`)
  }
}
