import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Load, MEASURED, planCapacity } from '../../../../services/ops/plan/capacity.ts'

const LOAD: Load = {
  ...{ applicationsPerDay: 10_000, eventsPerApplication: 4, peakFactor: 10, days: 365, replicas: 3 },
  outageHours: 4,
}
const planned = (load: Partial<Load> = {}) => planCapacity({ ...LOAD, ...load })

describe('what was measured', () => {
  const results = readFileSync(new URL('../../../bench/results.md', import.meta.url), 'utf8')
  /** The cells of one row of one table, by their heads. */
  function rowOf(table: string, name: string): Readonly<Record<string, number>> {
    const lines = (results.split(`\n## ${table}\n`)[1] ?? '').split('\n').filter(line => line.startsWith('|'))
    const cells = (line = '') =>
      line
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim())
    const row = lines.find(line => cells(line)[0] === name)
    const numbers = cells(row).map(cell => Number.parseFloat(cell.replaceAll(',', '')))
    return Object.fromEntries(cells(lines[0]).map((head, index) => [head, numbers[index] ?? Number.NaN]))
  }
  const near = (value: number | undefined, measured: number) => {
    expect(value ?? 0).toBeGreaterThan(measured * 0.8)
    expect(value ?? 0).toBeLessThan(measured * 1.2)
  }

  it('is what the benchmark says, within a fifth', () => {
    near(rowOf('ingress', '2 KB')['per second'], MEASURED.ingress.perSecond)
    near(rowOf('ingress', '2 KB')['cpu seconds per 1000'], MEASURED.ingress.cpuSecondsPer1000)
    near(rowOf('ingress', '2 KB')['peak mib'], MEASURED.ingress.peakMib)
    near(rowOf('growth', '1,000,000 candidates known')['per second'], MEASURED.normalizer.perSecond)
    near(
      (rowOf('growth', '1,000,000 candidates known')['cpu seconds per 100k'] ?? 0) / 100,
      MEASURED.normalizer.cpuSecondsPer1000,
    )
    near(rowOf('normalizer', '1 process')['peak mib'], MEASURED.normalizer.peakMib)
    near(rowOf('sink', '16 at once, 100 ms, 1 process')['per second'], MEASURED.sink.perSecond)
    near(
      rowOf('sink', '16 at once, 100 ms, 1 process')['cpu seconds per 1000'],
      MEASURED.sink.cpuSecondsPer1000,
    )
    near(rowOf('sink', '16 at once, 100 ms, 1 process')['peak mib'], MEASURED.sink.peakMib)
  })
})

describe('a plan', () => {
  it('has two of everything for a small load, six partitions, and little disk', () => {
    const { ingress, normalizer, sink, partitions } = planned({ applicationsPerDay: 100 })
    expect([ingress.instances, normalizer.instances, sink.instances, partitions]).toEqual([2, 2, 2, 6])
  })

  it('asks of no instance more than half of what one was measured to do, and of few much less', () => {
    for (const applicationsPerDay of [1e3, 1e5, 1e6, 3e6, 1e7]) {
      const plan = planned({ applicationsPerDay })
      for (const part of ['ingress', 'normalizer', 'sink'] as const) {
        const { perSecondAtPeak, instances } = plan[part]
        const each = perSecondAtPeak / instances / MEASURED[part].perSecond
        expect(each).toBeLessThanOrEqual(0.5)
        // One fewer would be too few, unless there are two for the sake of one that is away.
        if (instances > 2)
          expect(perSecondAtPeak / (instances - 1) / MEASURED[part].perSecond).toBeGreaterThan(0.5)
      }
    }
  })

  it('has at least as many partitions as any process has instances, in steps of six', () => {
    for (const applicationsPerDay of [1e3, 1e6, 3e6, 1e7]) {
      const { partitions, normalizer, sink } = planned({ applicationsPerDay })
      expect(partitions % 6).toBe(0)
      expect(partitions).toBeGreaterThanOrEqual(2 * Math.max(normalizer.instances, sink.instances))
    }
  })

  it('needs of Pulsifi what the day brings, and more in the busiest hour', () => {
    const { pulsifi } = planned({ applicationsPerDay: 86_400 })
    expect(pulsifi).toEqual({ callsPerDay: 259_200, ratePerSecondMin: 3, ratePerSecondAtPeak: 30 })
  })

  it('grows on disk with days and copies, and the spool with the outage', () => {
    const disk = (load: Partial<Load>) => planned(load).brokerDiskGib
    expect(disk({ replicas: 3 })).toBeCloseTo(3 * disk({ replicas: 1 }), 6)
    expect(disk({ days: 730 })).toBeGreaterThan(disk({ days: 365 }))
    expect(planned({ outageHours: 8 }).spoolMibPerInstance).toBeGreaterThan(planned().spoolMibPerInstance)
  })

  it.each(['applicationsPerDay', 'peakFactor', 'replicas'] as const)('refuses a %s that is none', name => {
    for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => planned({ [name]: value })).toThrow(RangeError)
  })
})
