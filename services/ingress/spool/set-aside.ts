/**
 * Records that the broker refuses for what they are, such as one that is larger than their topic takes. Each is a file
 * of its own below `refused/`, in the folder of its topic, named after its cause and its event. Whoever has mended the
 * cause moves the file to `put-back/`, and it is sent again.
 */
import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { HEADER } from '../../core/topics.ts'
import type { OutboundRecord } from '../../platform/kafka/producer-batch.ts'
import { makeFolder, syncFolder } from '../../platform/process/durable-files.ts'
import { encodeRecord, type SpoolKey } from './format.ts'
import { SpoolWriter } from './writer.ts'

const REFUSED = 'refused'
const PUT_BACK = 'put-back'
const FILE = /[.]spool$/

export class SetAside {
  private readonly root: string
  private readonly key: SpoolKey

  constructor(root: string, key: SpoolKey) {
    this.root = root
    this.key = key
  }

  /** Resolves with the file's path below the root, when it would survive a power cut. */
  async keep(record: OutboundRecord, cause: string): Promise<string> {
    const folder = join(REFUSED, record.topic)
    const name = join(
      folder,
      `${cause}-${encodeURIComponent(record.headers[HEADER.id] ?? randomUUID())}.spool`,
    )
    await makeFolder(join(this.root, folder))
    await makeFolder(join(this.root, PUT_BACK))
    const writer = new SpoolWriter({
      key: this.key,
      segmentBytesMax: Number.POSITIVE_INFINITY,
      nextPath: () => join(this.root, name),
      onSegment: () => {},
    })
    try {
      await writer.write([encodeRecord(record)])
    } catch (error) {
      // It was kept before, by a process that ended before it could say so.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    } finally {
      await writer.close()
    }
    await syncFolder(join(this.root, folder))
    return name
  }

  /** How many there are, by topic. */
  count(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>()
    for (const topic of namesIn(join(this.root, REFUSED))) {
      const files = namesIn(join(this.root, REFUSED, topic)).filter(name => FILE.test(name))
      if (files.length > 0) counts.set(topic, files.length)
    }
    return counts
  }

  /** The files that wait to be taken over. */
  putBack(): readonly string[] {
    const folder = join(this.root, PUT_BACK)
    return namesIn(folder)
      .filter(name => FILE.test(name))
      .map(name => join(folder, name))
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
