/**
 * Alert rules with every time divided by one number, so that a test sees within seconds what production sees within
 * minutes: ranges, offsets, how long it must be so, and limits of ages. Counts, shares, latencies and differences of
 * clocks stay as they are. Pure.
 *
 * How often a process looks at itself is not divided: what must be so for a while is so for longer than that at least.
 */
import type { RuleGroup } from '../../support/prometheus-rules.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Processes look at the brokers every 10 s. */
const FOR_MS_MIN = 15_000

const shorterMs = (count: string, unit: string, factor: number): number =>
  Math.round((Number(count) * (UNIT_MS[unit] ?? Number.NaN)) / factor)

const shortenDurations = (expr: string, factor: number): string =>
  expr.replace(
    /(\[|\boffset )(\d+)([smhd])\b/g,
    (_, before: string, count: string, unit: string) => `${before}${shorterMs(count, unit, factor)}ms`,
  )

/** What stands right before a comparison: a selector, or what is in the parentheses of a function or an aggregation. */
function operandOf(before: string): string {
  const text = before.trimEnd()
  if (!text.endsWith(')')) return /\w+(?:\{[^}]*\})?$/.exec(text)?.[0] ?? ''
  let depth = 0
  for (let at = text.length - 1; at >= 0; at--) {
    if (text[at] === ')') depth++
    if (text[at] === '(' && --depth === 0) return text.slice(at + 1, -1)
  }
  return ''
}

/** The metric that an operand names first is what it is about: what follows is left out of it. Since its start is one's age, too. */
const isAge = (operand: string): boolean =>
  operand === 'process_start_time_seconds' ||
  /\b(?:atsflow|process)_\w+/.exec(operand)?.[0].endsWith('_age_seconds') === true

const shortenAges = (expr: string, factor: number): string =>
  expr.replace(
    /([<>]=?)\s*(\d[\d.]*(?:\s*\*\s*\d+)*)/g,
    (text, comparison: string, limit: string, at: number) =>
      isAge(operandOf(expr.slice(0, at))) ? `${comparison} ${limit} / ${factor}` : text,
  )

export const shorten = (groups: readonly RuleGroup[], factor: number): readonly RuleGroup[] =>
  groups.map(({ name, rules }) => ({
    name,
    rules: rules.map(rule => ({
      ...rule,
      expr: shortenAges(shortenDurations(rule.expr, factor), factor),
      ...(rule.for !== undefined && {
        for: rule.for.replace(
          /^(\d+)([smhd])$/,
          (_, count: string, unit: string) => `${Math.max(FOR_MS_MIN, shorterMs(count, unit, factor))}ms`,
        ),
      }),
    })),
  }))
