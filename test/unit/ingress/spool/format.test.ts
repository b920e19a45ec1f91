import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  keyWithId,
  type SpoolKey,
  spoolKey,
  stretchedSpoolKey,
} from '../../../../services/ingress/spool/format.ts'
import { openSpool } from '../../../../services/ingress/spool/spool.ts'
import type { OutboundRecord } from '../../../../services/platform/kafka/producer-batch.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'atsflow-spool-key-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const fail = (error: unknown) => {
  throw error
}
const open = (key: SpoolKey) =>
  openSpool(directory, {
    ...{ key, bytesMax: 1024 * 1024, onDamage: fail, onLost: fail },
    ...{ onDisk: () => {}, onForeign: () => {} },
  })
const record = (key: string): OutboundRecord => ({
  ...{ topic: 't', key, value: Buffer.from('a value'), headers: {}, partition: 0 },
})
async function write(key: SpoolKey, name: string): Promise<void> {
  const spool = await open(key)
  await spool.lane('t').append([record(name)])
  await spool.close()
}
const LIMITS = { recordsMax: 10, bytesMax: 1024 }

describe('a key made of what somebody may have thought of', () => {
  it('is the same each time, and another one than without stretching', () => {
    const [one, again, plain] = [
      stretchedSpoolKey('a secret'),
      stretchedSpoolKey('a secret'),
      spoolKey('a secret'),
    ]
    expect(one).toEqual(again)
    expect([one.bytes.equals(plain.bytes), one.id.equals(plain.id)]).toEqual([false, false])
    expect(stretchedSpoolKey('another secret').bytes.equals(one.bytes)).toBe(false)
  })

  it('takes whoever guesses a hundred times as long for each guess', () => {
    const took = (work: () => void) => {
      const startedMs = performance.now()
      work()
      return performance.now() - startedMs
    }
    const plainMs = Math.min(...Array.from({ length: 20 }, () => took(() => void spoolKey('a secret'))))
    expect(took(() => void stretchedSpoolKey('a secret'))).toBeGreaterThan(100 * plainMs)
  })

  it('reads what was written before it was stretched, in order, and writes by itself alone', async () => {
    await write(spoolKey('a secret'), 'before')
    await write(stretchedSpoolKey('a secret'), 'after')
    const spool = await open(stretchedSpoolKey('a secret'))
    const lane = spool.lane('t')
    const keys: (string | null)[] = []
    while (!lane.isEmpty()) {
      const records = await lane.next(LIMITS)
      keys.push(...records.map(({ key }) => key))
      await lane.acknowledge(records.length)
    }
    await spool.close()
    expect(keys).toEqual(['before', 'after'])
    await write(stretchedSpoolKey('a secret'), 'new')
    await expect(open(spoolKey('a secret'))).rejects.toThrow(ConfigError)
  })

  it('reads nothing of another secret', async () => {
    expect(keyWithId(stretchedSpoolKey('a secret'), spoolKey('another').id)).toBeNull()
    await write(spoolKey('another'), 'theirs')
    await expect(open(stretchedSpoolKey('a secret'))).rejects.toThrow(ConfigError)
  })
})
