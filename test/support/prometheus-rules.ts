/** The rules of infra/observability and its pages, read for tests. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

export const RULES_FILE = new URL('../../infra/observability/rules.yaml', import.meta.url)

const Rules = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.strictObject({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.strictObject({ summary: z.string(), runbook_url: z.string() }),
        }),
      ),
    }),
  ),
})

export type RuleGroup = z.output<typeof Rules>['groups'][number]

export const ruleGroups = (): readonly RuleGroup[] =>
  Rules.parse(parse(readFileSync(RULES_FILE, 'utf8'))).groups

export const alertRules = () => ruleGroups().flatMap(({ rules }) => rules)

export interface UsedMetric {
  readonly name: string
  /** Labels that it is selected by, with what they must be. */
  readonly labels: readonly (readonly [name: string, value: string])[]
}

/** Every series that an expression selects; a part of a histogram is the histogram. */
export const usedMetrics = (expr: string): readonly UsedMetric[] =>
  [...expr.matchAll(/\b((?:atsflow|nodejs|process)_[a-z0-9_]+|up)\b(?:\{([^}]*)\})?/g)].map(
    ([, name = '', selectors = '']) => ({
      name: name.replace(/_seconds_(bucket|count|sum)$/, '_seconds'),
      labels: [...selectors.matchAll(/([a-z_]+)[=!]~?"([^"]*)"/g)].map(
        ([, label = '', value = '']) => [label, value] as const,
      ),
    }),
  )
