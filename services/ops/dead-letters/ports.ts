/** What commands about dead letters need besides Kafka. */
import { z } from 'zod'
import { BlobSettings, openBlobStore } from '../../platform/blobs/settings.ts'
import { loadConnections } from '../../platform/connections/connections.ts'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import type { ResolvePorts } from '../../platform/dead-letters/resolve.ts'
import type { LetterReading } from '../../platform/dead-letters/topics.ts'
import { createPace } from '../../platform/process/at-most-per-second.ts'
import { loadConfig } from '../../platform/process/config.ts'
import { readOffsets, type Session } from '../cli/session.ts'

export const letterReading = (session: Session): LetterReading => ({
  kafka: session.kafka,
  read: (label, ranges) => readOffsets(session, label, ranges),
})

export async function resolvePorts(
  session: Session,
  { perSecond, nowMs }: { readonly perSecond: number; readonly nowMs: () => number },
): Promise<ResolvePorts> {
  const sources = await discoverSources()
  return {
    ...letterReading(session),
    sources,
    settingsOf: loadConnections(sources, session.env).settingsOf,
    blobs: await openBlobStore(loadConfig(z.object(BlobSettings), session.env)),
    pace: createPace(perSecond),
    nowMs,
  }
}
