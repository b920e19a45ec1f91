/** One drill in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DRILLS } from './drills.ts'
import { type DrillResult, Site, type SiteOptions } from './site.ts'

export const DRILL_NAMES: readonly string[] = Object.keys(DRILLS)

/** @throws Error when no drill is named so, or it could not be played to its end. */
export async function runDrill(name: string, options: Omit<SiteOptions, 'directory'>): Promise<DrillResult> {
  const drill = DRILLS[name]
  if (drill === undefined) throw new Error(`no drill is named "${name}": ${DRILL_NAMES.join(', ')}`)
  const directory = mkdtempSync(join(tmpdir(), 'atsflow-drill-'))
  const site = new Site({ ...options, directory })
  let isKept = true
  try {
    const result = await drill(site)
    isKept = result.faults.length > 0
    if (isKept) options.onEvent(`kept for a look: ${directory}`)
    return result
  } finally {
    await site.stop()
    await site.close()
    if (!isKept) rmSync(directory, { recursive: true, force: true })
  }
}
