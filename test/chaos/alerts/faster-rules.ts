/**
 * The rules of infra/observability, so many times faster: an hour of them passes in a minute. Every duration and every limit
 * of an age is divided, and nothing else: how long a request takes is the same in a short test as in a long year. Pure.
 */
import { parse, stringify } from 'yaml'

interface Rule {
  readonly expr: string
  readonly for?: string
}
interface RulesFile {
  readonly groups: readonly { readonly rules: readonly Rule[] }[]
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function fasterRules(text: string, factor: number): string {
  const file: RulesFile = parse(text)
  const duration = (written: string): string => {
    const [, count = '', unit = ''] = /^(\d+)([smhd])$/.exec(written) ?? []
    const ms = Number(count) * (UNIT_MS[unit] ?? Number.NaN)
    if (!(ms > 0)) throw new Error(`${written} is no duration that the rules use`)
    return `${Math.round(ms / factor)}ms`
  }
  const expression = (expr: string): string => {
    const faster = expr
      .replaceAll(/\[(\w+)\]/g, (_, range: string) => `[${duration(range)}]`)
      .replaceAll(/\boffset (\w+)/g, (_, offset: string) => `offset ${duration(offset)}`)
    if (!/_age_seconds\b/.test(expr)) return faster
    const [, before, limit] = /^(.*) > ([\d *]+)$/s.exec(faster) ?? []
    if (before === undefined) throw new Error(`no limit of an age is at the end of: ${expr}`)
    return `${before} > (${limit}) / ${factor}`
  }
  const groups = file.groups.map(group => ({
    ...group,
    rules: group.rules.map(rule => ({
      ...rule,
      expr: expression(rule.expr),
      ...(rule.for !== undefined && { for: duration(rule.for) }),
    })),
  }))
  return stringify({ ...file, groups })
}
