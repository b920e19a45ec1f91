/** What Prometheus says of its alerts (its HTTP API, v1): which of ours fire, and whether it has our rules at all. Pure. */
import { z } from 'zod'
import { type Finding, fail, ok, warn } from './finding.ts'
import type { HttpProbe } from './http-probe.ts'

const Labels = z.record(z.string(), z.string())
/** Of `/api/v1/rules?type=alert`. */
const Rules = z.object({
  status: z.literal('success'),
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            alerts: z.array(z.object({ labels: Labels, annotations: Labels, state: z.string() })).default([]),
          }),
        ),
      }),
    ),
  }),
})

/** Alerts of other systems on the same Prometheus are none of ours. */
const isOurs = (name: string): boolean => name.startsWith('Atsflow')

/** @param host of Prometheus, for people */
export function judgeAlerts(host: string, probe: HttpProbe): readonly Finding[] {
  const check = 'alerts'
  if (probe.type === 'failed')
    return [fail(check, `nothing answers at ${host} (${probe.code})`, 'make --prometheus its address')]
  const rules = rulesIn(probe.text)
  if (rules === null)
    return [
      fail(
        check,
        `what answers at ${host} (${probe.status}) is not Prometheus`,
        'make --prometheus its address',
      ),
    ]
  const ours = rules.filter(({ name }) => isOurs(name))
  if (ours.length === 0)
    return [warn(check, `${host} has none of our rules`, 'have it load infra/observability/rules.yaml')]
  const firing = ours.flatMap(({ name, alerts }) =>
    alerts.filter(({ state }) => state === 'firing').map(alert => ({ ...alert, name })),
  )
  if (firing.length === 0) return [ok(check, `none of ${ours.length} fires`)]
  return firing.map(({ name, labels, annotations }) => {
    const says = annotations.summary ?? 'it fires'
    const todo = `see ${annotations.runbook_url ?? 'infra/observability/runbooks.md'}`
    return labels.severity === 'page' ? fail(`alert ${name}`, says, todo) : warn(`alert ${name}`, says, todo)
  })
}

function rulesIn(text: string) {
  try {
    return Rules.parse(JSON.parse(text)).data.groups.flatMap(group => group.rules)
  } catch {
    return null
  }
}
