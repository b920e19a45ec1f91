/**
 * Prometheus beside the real processes: each fault fires its own alerts and no other, and a calm run fires none. All times
 * of the rules are divided by one number. A fault that has only to ripen is left alone while others are tried, and so are
 * alerts that count over a window: what fires then must still be of a fault that is there.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { matrixOf, misfires } from '../chaos/alerts/judge.ts'
import { OF_EVERYTHING, OF_PARTS, RIPENING } from '../chaos/alerts/matrix.ts'
import { FACTOR, Scene } from '../chaos/alerts/scene.ts'
import { Trial } from '../chaos/alerts/trial.ts'
import { waitUntil } from '../chaos/wait-until.ts'

const CALM_MINUTES = 10

const directory = mkdtempSync(join(tmpdir(), 'atsflow-alerts-'))
let scene: Scene

beforeAll(async () => {
  scene = await Scene.start(directory)
})
afterAll(async () => {
  await scene?.stop()
  rmSync(directory, { recursive: true, force: true })
})

it('fires nothing while people apply and all is well', async () => {
  const { prometheus, traffic } = scene
  const seconds = (CALM_MINUTES * 60) / FACTOR
  await waitUntil('all processes to be seen', 30_000, async () => {
    return (await prometheus.query('sum(up)'))[0] === 4
  })
  const before = traffic.accepted()
  await waitUntil('people to apply', 4 * seconds * 1_000, () => traffic.accepted() >= before + seconds)
  expect(misfires([], prometheus.firings)).toEqual([])
  // Invited, and their results known: what is quiet is not quiet for want of anything to tell.
  expect((await prometheus.query('sum(atsflow_results_total)'))[0]).toBeGreaterThan(seconds / 2)
  expect(await prometheus.query('count(atsflow_applications_open{outcome="BLOCKED"} > 0)')).toEqual([1])
  expect(await prometheus.query('count(atsflow_canary_seconds_count > 1)')).toEqual([4])
})

it('fires the alerts of each fault, and no other', { timeout: 1_200_000 }, async () => {
  const trial = new Trial(scene, line => console.error(`  ${line}`))
  const ripening = Promise.all(RIPENING.map(fault => trial.try(fault)))
  await trial.inTurn(OF_EVERYTHING)
  await Promise.all(OF_PARTS.map(lane => trial.inTurn(lane)))
  await ripening
  await trial.over()
  const { firings } = scene.prometheus
  console.error(matrixOf(trial.windows, firings).join('\n'))
  expect([...trial.failures, ...misfires(trial.windows, firings)]).toEqual([])
})
