/** Which scores count, for everything that is told of them. */
import { z } from 'zod'
import type { Database } from '../store/database.ts'
import { CAME_IN, type Conditions, conditions, type Selection, selected, within } from './conditions.ts'
import type { ApiContext } from './endpoint.ts'

export const CURRENT = [
  'Only current scores count: of each application and type the one observed last. Values are 0 to 100, the share of the full',
  'score; a score without a positive scale has none and counts nowhere.',
].join('\n')

/** Fewer have no quartiles that say anything: they are named as too few, and shown one by one. */
export const GROUP_MIN = 10

export const scoreType = z.string().optional().describe('unset: the fit score that most applications have')

export function ofScores(query: Selection, type?: string): Conditions {
  const received = conditions(within(CAME_IN, query))
  const { parameters, ...sql } = conditions(
    { ...selected(query), score_type: ['score_type = $score_type', type] },
    [
      'is_current',
      'normalized IS NOT NULL',
      ...(received.where === '' ? [] : [`application_id IN (SELECT id FROM application ${received.where})`]),
    ],
  )
  return { ...sql, parameters: { ...parameters, ...received.parameters } }
}

export const typeOrMain = async (
  type: string | undefined,
  { mainScoreType }: Pick<ApiContext, 'mainScoreType'>,
): Promise<string | null> => type ?? (await mainScoreType())

export async function mainScoreTypeOf(database: Pick<Database, 'read'>): Promise<string | null> {
  const [main] = await database.read(
    `SELECT score_type FROM score WHERE is_current AND normalized IS NOT NULL
     GROUP BY score_type, kind ORDER BY kind = 'FIT' DESC, count(*) DESC, score_type LIMIT 1`,
  )
  return main === undefined ? null : String(main.score_type)
}

/**
 * From `v`, which counts (`n`) how often each group has each value: count, mean, ends and quartiles of each group, 0 to 100.
 * A score is looked at once however many figures are told of it; sorting millions of them would take longer.
 */
export const summaryBy = (...group: readonly string[]): string => {
  const keys = group.join(', ')
  return `SELECT ${keys}, sum(n)::BIGINT AS count, ${percent('sum(n * normalized) / sum(n)')} AS mean,
      ${percent(quantile(0.25))} AS p25, ${percent(quantile(0.5))} AS p50, ${percent(quantile(0.75))} AS p75
      , ${percent('min(normalized)')} AS lowest, ${percent('max(normalized)')} AS highest
    FROM (SELECT *, sum(n) OVER (PARTITION BY ${keys} ORDER BY normalized) AS upto, sum(n) OVER (PARTITION BY ${keys}) AS total FROM v)
    GROUP BY ${keys}`
}

/** 0 to 100. */
export const percent = (share: string) => `round((${share}) * 100, 2)`

/** Between the two values that stand around the place, as `quantile_cont` has it. */
function quantile(share: number): string {
  const place = `(total - 1) * ${share}`
  const low = `min(normalized) FILTER (upto > floor(${place}))`
  const high = `min(normalized) FILTER (upto > ceil(${place}))`
  return `${low} + (${high} - ${low}) * any_value(${place} - floor(${place}))`
}
