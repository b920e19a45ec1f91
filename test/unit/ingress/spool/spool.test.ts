import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FRAME_OVERHEAD_BYTES, spoolKey } from '../../../../services/ingress/spool/format.ts'
import { SpoolFull, type SpoolLane } from '../../../../services/ingress/spool/lane.ts'
import type { Damage } from '../../../../services/ingress/spool/segment.ts'
import { openSpool, type Spool } from '../../../../services/ingress/spool/spool.ts'
import type { OutboundRecord } from '../../../../services/platform/kafka/producer-batch.ts'
import { ConfigError } from '../../../../services/platform/process/config.ts'

const root = mkdtempSync(join(tmpdir(), 'spool-'))
let directory: string
let damages: Damage[]
let foreign: string[]
let opened: OneTopic[]
let count = 0
beforeEach(() => {
  directory = join(root, String(count++))
  damages = []
  foreign = []
  opened = []
})
afterEach(async () => {
  for (const { spool } of opened) await spool.close()
})
afterAll(() => rmSync(root, { recursive: true }))

/** A spool of which only the lane of one topic is used. */
interface OneTopic extends Pick<SpoolLane, 'append' | 'next' | 'acknowledge' | 'isEmpty'> {
  readonly spool: Spool
}
const oneTopic = (spool: Spool): OneTopic => {
  const lane = spool.lane('t')
  return {
    spool,
    append: records => lane.append(records),
    next: limits => lane.next(limits),
    acknowledge: count => lane.acknowledge(count),
    isEmpty: () => lane.isEmpty(),
  }
}

const open = async (options: { key?: string; bytesMax?: number; segmentBytesMax?: number } = {}) => {
  const spool = await openSpool(directory, {
    key: spoolKey(options.key ?? 'a key'),
    bytesMax: options.bytesMax ?? 1024 * 1024,
    segmentBytesMax: options.segmentBytesMax ?? 1024,
    onDamage: damage => void damages.push(damage),
    onDisk: () => {},
    onForeign: file => void foreign.push(file),
    onLost: error => {
      throw error
    },
  })
  const lane = oneTopic(spool)
  opened.push(lane)
  return lane
}
const record = (name: string, size = 10): OutboundRecord => ({
  topic: 't',
  key: name,
  value: Buffer.alloc(size, name),
  headers: { ce_id: name },
})
const named = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => record(`n${from + index}`))
const keysOf = (records: readonly OutboundRecord[]) => records.map(({ key }) => key)
const ALL = { recordsMax: 1_000, bytesMax: 1024 * 1024 }

/** Reads and acknowledges until nothing is left. */
async function drain(spool: OneTopic): Promise<string[]> {
  const keys: string[] = []
  for (;;) {
    const records = await spool.next({ recordsMax: 7, bytesMax: 1024 * 1024 })
    if (records.length === 0) return keys
    keys.push(...keysOf(records))
    await spool.acknowledge(records.length)
  }
}
const filesIn = (folder: string) =>
  readdirSync(folder)
    .filter(name => name.includes('.spool'))
    .map(name => join(folder, name))
const foldersIn = (path: string) =>
  readdirSync(path)
    .filter(name => !name.endsWith('.lock'))
    .sort()
const files = () => filesIn(join(directory, 'ingress-0'))
const firstFile = (): string => {
  const [file] = files()
  if (file === undefined) throw new Error('no file')
  return file
}
/** As a crash leaves it: open files, no farewell. */
const leftBehind = async (records: readonly OutboundRecord[], options: Parameters<typeof open>[0] = {}) => {
  const spool = await open(options)
  for (const each of records) await spool.append([each])
  await spool.spool.close()
}

describe('the spool', () => {
  it('gives records back as they were, in the order of their appends, over many files', async () => {
    const spool = await open()
    const whole: OutboundRecord = { topic: 't', key: 'ä', value: null, headers: { a: 'ü' }, partition: 3 }
    await spool.append([whole])
    for (const part of [0, 15, 30, 45]) await spool.append(named(part, part + 15))
    expect(files().length).toBeGreaterThan(1)
    expect((await spool.next({ ...ALL, recordsMax: 2 })).slice(0, 1)).toEqual([whole])
    expect(await drain(spool)).toEqual(['ä', ...keysOf(named(0, 60))])
  })

  it('is empty only when nothing is on disk or on its way there, and leaves no file then', async () => {
    const spool = await open()
    expect(spool.isEmpty()).toBe(true)
    const appended = spool.append([record('a')])
    expect(spool.isEmpty()).toBe(false)
    await appended
    expect([spool.isEmpty(), spool.spool.state().records]).toEqual([false, 1])
    await drain(spool)
    expect([spool.isEmpty(), spool.spool.state(), files()]).toEqual([
      true,
      { records: 0, bytes: 0, bytesMax: 1024 * 1024, sinceMs: null, failure: null },
      [],
    ])
  })

  it('knows since when the oldest record waits, over a restart and until it is drained', async () => {
    const before = Date.now()
    const first = await open({ segmentBytesMax: 1 })
    await first.append([record('a')])
    const since = first.spool.state().sinceMs
    expect(since).toBeGreaterThanOrEqual(before)
    while (Date.now() <= before + 100) await new Promise(setImmediate)
    await first.append([record('b')])
    expect(first.spool.state().sinceMs).toBe(since)
    await first.spool.close()

    const second = await open({ segmentBytesMax: 1 })
    // As the disk tells it, whose clock ticks coarsely.
    expect(Math.abs((second.spool.state().sinceMs ?? 0) - (since ?? 0))).toBeLessThan(50)
    await second.next({ ...ALL, recordsMax: 1 })
    await second.acknowledge(1)
    expect(second.spool.state().sinceMs).toBeGreaterThan(since ?? 0)
    await drain(second)
    expect(second.spool.state().sinceMs).toBeNull()
  })

  it('gives the same records again until they are acknowledged, and stops at the limits', async () => {
    const spool = await open()
    await spool.append(named(0, 10))
    const limits = { recordsMax: 4, bytesMax: 1024 * 1024 }
    expect(keysOf(await spool.next(limits))).toEqual(['n0', 'n1', 'n2', 'n3'])
    expect(keysOf(await spool.next(limits))).toEqual(['n0', 'n1', 'n2', 'n3'])
    await spool.acknowledge(3)
    expect(keysOf(await spool.next({ recordsMax: 100, bytesMax: 1 }))).toEqual(['n3'])
  })

  it('reads a record that is longer than one read of the file', async () => {
    const spool = await open({ bytesMax: 64 * 1024 * 1024 })
    await spool.append([record('small'), record('large', 3 * 1024 * 1024), record('after')])
    expect(await drain(spool)).toEqual(['small', 'large', 'after'])
  })

  it('never grows beyond its bound, takes all or nothing, and has room again once it is drained', async () => {
    const spool = await open({ bytesMax: 1_000 })
    const fits = [record('a', 300), record('b', 300)]
    await spool.append(fits)
    await expect(spool.append([record('c', 10), record('d', 300)])).rejects.toThrow(SpoolFull)
    await expect(spool.append([record('c', 10)])).resolves.toBeUndefined()
    expect(spool.spool.state().bytes).toBeLessThanOrEqual(1_000)
    expect(await drain(spool)).toEqual(['a', 'b', 'c'])
    await expect(spool.append(fits)).resolves.toBeUndefined()
  })

  it('counts appends that are under way against its bound', async () => {
    const spool = await open({ bytesMax: 1_000 })
    const appends = await Promise.allSettled([1, 2, 3, 4].map(n => spool.append([record(String(n), 300)])))
    expect(appends.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
  })

  it('writes nothing in the clear', async () => {
    const spool = await open()
    await spool.append([record('Secretname', 200)])
    expect(readFileSync(firstFile()).includes('Secretname')).toBe(false)
    expect(statSync(firstFile()).mode & 0o777).toBe(0o600)
  })
})

describe('after a crash', () => {
  it('goes on where it was, and repeats only what was not acknowledged', async () => {
    const first = await open()
    await first.append(named(0, 30))
    await first.next({ ...ALL, recordsMax: 12 })
    await first.acknowledge(12)
    await first.spool.close()
    const second = await open()
    expect(second.spool.state().records).toBe(18)
    await second.append(named(30, 33))
    expect(await drain(second)).toEqual(keysOf(named(12, 33)))
  })

  it.each([1, FRAME_OVERHEAD_BYTES - 1, 60])(
    'cuts a record of which %i bytes were written, and reports nothing: nobody was told that it is safe',
    async bytes => {
      await leftBehind(named(0, 3))
      const size = statSync(firstFile()).size
      await leftBehind([record('n3')])
      const [, torn = ''] = files()
      const frame = readFileSync(torn).subarray(32)
      writeFileSync(firstFile(), Buffer.concat([readFileSync(firstFile()), frame.subarray(0, bytes)]))
      rmSync(torn)
      const spool = await open()
      expect(statSync(firstFile()).size).toBe(size)
      expect(await drain(spool)).toEqual(['n0', 'n1', 'n2'])
      expect(damages).toEqual([])
    },
  )

  it('removes a file that was only begun', async () => {
    await leftBehind([record('a')])
    truncateSync(firstFile(), 20)
    const spool = await open()
    expect([spool.isEmpty(), files(), damages]).toEqual([true, [], []])
  })

  it('refuses another key instead of losing what it cannot read', async () => {
    await leftBehind([record('a')])
    await expect(open({ key: 'another' })).rejects.toThrow(ConfigError)
    expect(await drain(await open())).toEqual(['a'])
  })
})

describe('a damaged file', () => {
  /** Where each frame begins, and where the file ends. */
  const framesOf = (bytes: Buffer): number[] => {
    const starts: number[] = []
    for (let at = bytes.indexOf(MARKER); at !== -1; at = bytes.indexOf(MARKER, at + 1)) starts.push(at)
    return [...starts, bytes.length]
  }
  const MARKER = Buffer.from([0xa7, 0x5f, 0x1e, 0xc3])
  const flip = (at: number) => {
    const bytes = readFileSync(firstFile())
    bytes[at] = (bytes[at] ?? 0) ^ 1
    writeFileSync(firstFile(), bytes)
  }

  it.each([
    ['the marker', 0],
    ['the length', 5],
    ['the number', 9],
    ['the checksum', 13],
    ['the nonce', 20],
    ['the content', 40],
  ])(
    'loses only the record in which one byte of %s was flipped, says so, and stays',
    async (_name, offset) => {
      for (const index of [0, 2, 4]) {
        await leftBehind(named(0, 5))
        flip((framesOf(readFileSync(firstFile()))[index] ?? 0) + offset)
        damages = []
        const spool = await open()
        const keys = await drain(spool)
        expect(keys).toEqual(keysOf(named(0, 5)).filter(key => key !== `n${index}`))
        expect(damages).toHaveLength(1)
        expect(files().map(name => name.endsWith('.damaged'))).toEqual([true])
        await spool.spool.close()
        rmSync(directory, { recursive: true })
      }
    },
  )

  it('is reported for every single byte that may be flipped', async () => {
    await leftBehind([record('a', 1), record('b', 1)])
    const whole = readFileSync(firstFile())
    for (let at = 0; at < whole.length; at++) {
      rmSync(directory, { recursive: true })
      mkdirSync(join(directory, 'ingress-0'), { recursive: true })
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 0x80
      writeFileSync(join(directory, 'ingress-0', '000000000001.spool'), bytes)
      damages = []
      const isRefused = await open().then(
        async spool => {
          await drain(spool)
          await spool.spool.close()
          return false
        },
        () => true,
      )
      expect([at, isRefused || damages.length > 0]).toEqual([at, true])
    }
  })
})

describe('instances that share a folder', () => {
  it('have each a folder of their own', async () => {
    const spools = [await open(), await open()]
    await Promise.all(spools.map((spool, index) => spool.append([record(`of ${index}`)])))
    expect(await Promise.all(spools.map(drain))).toEqual([['of 0'], ['of 1']])
  })

  it('take over what one that is gone has left, behind what they have', async () => {
    const [first, second] = [await open(), await open()]
    await first.append([record('a')])
    await second.append(named(0, 3))
    await second.next({ ...ALL, recordsMax: 1 })
    await second.acknowledge(1)
    await second.spool.close()
    await first.spool.adopt()
    await first.append([record('z')])
    expect(await drain(first)).toEqual(['a', 'n1', 'n2', 'z'])
    expect(foldersIn(directory)).toEqual(['ingress-0'])
  })

  it('leave alone what an instance on another machine has just touched', async () => {
    await leftBehind([record('theirs')])
    writeFileSync(join(directory, 'ingress-0', 'owner'), 'another-machine 1')
    const spool = await open()
    expect([spool.isEmpty(), foldersIn(directory)]).toEqual([true, ['ingress-0', 'ingress-1']])
  })
})

describe('topics', () => {
  const of = (topic: string, key: string): OutboundRecord => ({ ...record(key), topic })
  const keysIn = async ({ spool }: OneTopic, topic: string) => keysOf(await spool.lane(topic).next(ALL))

  it('do not wait for each other, and are found again after a crash', async () => {
    const first = await open()
    for (const key of ['1', '2'])
      await Promise.all(['a', 'b'].map(topic => first.spool.lane(topic).append([of(topic, key)])))
    await first.spool.lane('b').next({ ...ALL, recordsMax: 1 })
    await first.spool.lane('b').acknowledge(1)
    await first.spool.close()
    const second = await open()
    expect([second.spool.topics().toSorted(), second.spool.state().records]).toEqual([['a', 'b'], 3])
    expect([await keysIn(second, 'a'), await keysIn(second, 'b')]).toEqual([['1', '2'], ['2']])
  })

  it('that an earlier version wrote into one file are told apart, and stay in order', async () => {
    const writer = await open()
    const mixed = ['1', '2', '3'].flatMap(key => [of('a', key), of('b', key)])
    for (const each of mixed) await writer.append([each])
    await writer.spool.lane('a').append([of('a', '4')])
    await writer.spool.close()
    for (const _start of ['first', 'second']) {
      const spool = await open()
      expect([await keysIn(spool, 'a'), await keysIn(spool, 'b')]).toEqual([
        ['1', '2', '3', '4'],
        ['1', '2', '3'],
      ])
      await spool.spool.close()
    }
    expect(damages).toEqual([])
  })
})

describe('what was written with another key', () => {
  it('by an instance that is gone is left alone and named once, and its key takes it over', async () => {
    const [first, gone] = [await open(), await open({ key: 'another' })]
    await gone.append([record('theirs')])
    await gone.spool.close()
    await first.spool.adopt()
    await first.spool.adopt()
    const file = join(directory, 'ingress-1', '000000000001.spool')
    expect([first.isEmpty(), foreign, filesIn(join(directory, 'ingress-1'))]).toEqual([true, [file], [file]])
    const third = await open({ key: 'another' })
    expect(await drain(third)).toEqual(['theirs'])
  })
})
