/** Which scores count, for everything that is told of them. */
import { z } from 'zod'
import { type Conditions, conditions, type Selection, selected } from '../conditions.ts'
import type { ApiContext } from '../endpoint.ts'

export const CURRENT = [
  'Only current scores count: of each application and type the one observed last. Values are 0 to 100, the share of the full',
  'score; a score without a positive scale has none and counts nowhere.',
].join('\n')

export const scoreType = z.string().optional().describe('unset: the fit score that most applications have')

export const ofScores = (query: Selection, type?: string): Conditions =>
  conditions({ ...selected(query), type: ['score_type = $type', type] }, [
    'is_current',
    'normalized IS NOT NULL',
  ])

export async function typeOrMain(type: string | undefined, { database }: ApiContext): Promise<string | null> {
  if (type !== undefined) return type
  const [main] = await database.read(
    `SELECT score_type FROM score WHERE is_current AND normalized IS NOT NULL
     GROUP BY score_type, kind ORDER BY kind = 'FIT' DESC, count(*) DESC, score_type LIMIT 1`,
  )
  return main === undefined ? null : String(main.score_type)
}

/**
 * From `v`, which counts (`n`) how often each group has each value: count, mean and median of each group, 0 to 100.
 * A score is looked at once however many figures are told of it; sorting millions of them would take longer.
 */
export const summaryBy = (...group: readonly string[]): string => {
  const keys = group.join(', ')
  const middle = (place: string) => `min(normalized) FILTER (upto >= ${place})`
  return `SELECT ${keys}, sum(n)::BIGINT AS count, round(sum(n * normalized) / sum(n) * 100, 2) AS mean,
      round((${middle('(total + 1) // 2')} + ${middle('total // 2 + 1')}) / 2 * 100, 2) AS p50
    FROM (SELECT *, sum(n) OVER (PARTITION BY ${keys} ORDER BY normalized) AS upto, sum(n) OVER (PARTITION BY ${keys}) AS total FROM v)
    GROUP BY ${keys}`
}
