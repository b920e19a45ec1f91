/** The table of faults and alerts, and what is wrong with it. */
import { markdownTable } from '../../support/markdown-table.ts'
import type { MatrixRow } from './run-matrix.ts'

/** A row that shows what its fault is to show, and no more. */
export const isRight = ({ own, fired }: Pick<MatrixRow, 'own' | 'fired'>): boolean =>
  own === null ? fired.size === 0 : fired.size === 1 && fired.has(own)

export function matrixTable(rows: readonly MatrixRow[]): string {
  const cells = rows.map(row => {
    const others = [...row.fired].filter(([alert]) => alert !== row.own)
    const after = row.own === null ? undefined : row.fired.get(row.own)
    return [
      row.fault,
      row.own ?? 'none',
      row.own === null ? '' : after === undefined ? 'never' : `${after.toFixed(1)} s`,
      others.map(([alert, seconds]) => `${alert} after ${seconds.toFixed(1)} s`).join(', ') || 'none',
    ]
  })
  return markdownTable(['fault', 'its alert', 'fired after', 'others that fired'], cells).join('\n')
}

/** How the page begins. */
export const matrixPage = (rows: readonly MatrixRow[], factor: number): string =>
  [
    '# Faults, and who is told',
    '',
    `\`npm run chaos -- --alerts --publish\`: each fault of [faults.ts](faults.ts) in turn, in one world with a real Prometheus beside it.`,
    `The rules are those of [infra/observability](../../infra/observability/rules.yaml), ${factor} times faster: durations and limits of`,
    'ages are divided, nothing else. A fault lasts until its alert fires, for 90 s at most; what fires until all is calm again counts',
    'as its own. `none` as its alert: nothing is late or lost, and nobody is to be told.',
    '',
    matrixTable(rows),
    '',
  ].join('\n')
