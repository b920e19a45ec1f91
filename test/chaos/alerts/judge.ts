/** Which alerts fired beside which faults, and whether each had its reason. Pure. */
import { markdownTable } from '../../support/markdown-table.ts'

/** One alert, from when it was first seen firing until it was no longer. */
export interface Firing {
  readonly alert: string
  readonly fromMs: number
  /** Null: it still fires. */
  readonly toMs: number | null
}

/** A fault, from its beginning until none of its own alerts fired any more. */
export interface FaultWindow {
  readonly fault: string
  /** Its own alerts. */
  readonly fires: readonly string[]
  readonly fromMs: number
  /** When it was taken back. */
  readonly undoneMs: number
  readonly toMs: number
}

const isWithin = ({ fromMs }: Firing, window: FaultWindow): boolean =>
  fromMs >= window.fromMs && fromMs <= window.toMs
const seconds = (fromMs: number, toMs: number): number => Math.round((toMs - fromMs) / 1000)

const firstOf = (alert: string, window: FaultWindow, firings: readonly Firing[]): Firing | undefined =>
  firings.find(firing => firing.alert === alert && isWithin(firing, window))

/** Everything that is not as it should be, in words. */
export const misfires = (windows: readonly FaultWindow[], firings: readonly Firing[]): readonly string[] => [
  ...windows.flatMap(window =>
    window.fires
      .filter(alert => firstOf(alert, window, firings) === undefined)
      .map(alert => `${window.fault}: ${alert} did not fire`),
  ),
  ...firings
    .filter(
      firing => !windows.some(window => window.fires.includes(firing.alert) && isWithin(firing, window)),
    )
    .map(firing => `${firing.alert} fired ${besideOf(firing, windows)}`),
]

function besideOf(firing: Firing, windows: readonly FaultWindow[]): string {
  const beside = windows
    .filter(window => isWithin(firing, window))
    .map(({ fault, fromMs }) => `${seconds(fromMs, firing.fromMs)} s into "${fault}"`)
  return beside.length === 0 ? 'while all was well' : beside.join(', ')
}

/** A row for each fault and alert of its own. */
export const matrixOf = (windows: readonly FaultWindow[], firings: readonly Firing[]): readonly string[] =>
  markdownTable(
    ['fault', 'alert', 'fires after', 'undone after', 'over after'],
    windows.flatMap(window =>
      window.fires.map(alert => {
        const first = firstOf(alert, window, firings)
        const last = firings.findLast(firing => firing.alert === alert && isWithin(firing, window))
        const since = (ms: number | null | undefined) =>
          ms === null || ms === undefined ? 'never' : `${seconds(window.fromMs, ms)} s`
        return [window.fault, alert, since(first?.fromMs), since(window.undoneMs), since(last?.toMs)]
      }),
    ),
  )
