/**
 * `npm audit --json | node infra/dependency-audit.ts`: whether what is known of the dependencies holds up a release. Ends with 0
 * when nothing does, 1 when something does, and 75 when nobody has answered: then it is to be asked again.
 */
import { text } from 'node:stream/consumers'
import { z } from 'zod'

/** By what SECURITY.md promises, these are mended before anything is released. */
const HOLDING: ReadonlySet<string> = new Set(['high', 'critical'])
/** `EX_TEMPFAIL` of sysexits.h. */
const ASK_AGAIN = 75

const Finding = z.object({
  severity: z.string(),
  range: z.string(),
  fixAvailable: z.union([z.boolean(), z.object({ name: z.string(), version: z.string() })]),
})
/** What npm prints when the registry has answered; else it prints an error, or nothing. */
const Report = z.object({
  auditReportVersion: z.literal(2),
  vulnerabilities: z.record(z.string(), Finding),
})

export type Verdict =
  | { readonly state: 'clear'; readonly lesser: number }
  | { readonly state: 'held'; readonly lines: readonly string[] }
  | { readonly state: 'unknown' }

/** Pure. */
export function verdictOf(report: string): Verdict {
  const parsed = Report.safeParse(jsonOf(report))
  if (!parsed.success) return { state: 'unknown' }
  const all = Object.entries(parsed.data.vulnerabilities)
  const holding = all.filter(([, { severity }]) => HOLDING.has(severity))
  if (holding.length === 0) return { state: 'clear', lesser: all.length }
  return { state: 'held', lines: holding.map(([name, finding]) => lineOf(name, finding)) }
}

function lineOf(name: string, { severity, range, fixAvailable }: z.output<typeof Finding>): string {
  const mended =
    typeof fixAvailable === 'object'
      ? `mended by ${fixAvailable.name} ${fixAvailable.version}`
      : fixAvailable
        ? 'mended by "npm audit fix"'
        : 'nothing mends it yet: leave it out, or what uses it'
  return `${name} ${range}: ${severity}, ${mended}`
}

function jsonOf(report: string): unknown {
  try {
    return JSON.parse(report)
  } catch {
    return null
  }
}

function tell(verdict: Verdict): number {
  if (verdict.state === 'unknown') {
    console.log('Dependencies: no registry has answered. Ask again before a release.')
    return ASK_AGAIN
  }
  if (verdict.state === 'clear') {
    console.log(`Dependencies: nothing that holds up a release, ${verdict.lesser} lesser findings.`)
    return 0
  }
  console.log(['Dependencies: this holds up a release.', ...verdict.lines].join('\n  '))
  return 1
}

if (import.meta.main) process.exitCode = tell(verdictOf(await text(process.stdin)))
