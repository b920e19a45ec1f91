import { defineConfig } from 'vitest/config'

/** A broker and a registry for the projects that need them; without them these projects fail, never skip. */
const INFRASTRUCTURE = './test/support/infrastructure.ts'

export default defineConfig({
  test: {
    reporters: ['default', './test/reporters/summary.ts'],
    // No vacuous success: a mistyped path must not look green.
    passWithNoTests: false,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          testTimeout: 10_000,
          // Pure functions: nothing to keep apart, and half of the time was loading modules again.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts', 'test/tour/**/*.test.ts', 'test/*.test.ts'],
          testTimeout: 30_000,
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: INFRASTRUCTURE,
          testTimeout: 90_000,
          hookTimeout: 90_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: INFRASTRUCTURE,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Each file runs whole processes: one after the other, so that time means something.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'extended',
          include: ['test/extended/**/*.test.ts'],
          exclude: ['test/extended/cluster/**'],
          globalSetup: INFRASTRUCTURE,
          testTimeout: 600_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'alerts',
          include: ['test/alerts/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: 'cluster',
          include: ['test/extended/cluster/**/*.test.ts'],
          globalSetup: './test/support/cluster-directory.ts',
          testTimeout: 180_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          // One worker for all files: three brokers are started once.
          isolate: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
