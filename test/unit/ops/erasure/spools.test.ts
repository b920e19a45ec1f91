import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { recordsInSpools, spoolRecordsIn } from '../../../../services/ops/erasure/spools.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** The port of a process whose metrics these are. */
async function processWith(metrics: string): Promise<number> {
  const server = createServer((_request, response) => response.end(metrics))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}
const signal = new AbortController().signal
const urlOf = (port: number) => `http://127.0.0.1:${port}/metrics`

describe('what a metric says', () => {
  it.each<[string, string, number | null]>([
    ['nothing', 'atsflow_spool_records 0\n', 0],
    [
      'what waits and what was set aside',
      'atsflow_spool_records 3\natsflow_spool_set_aside_records{topic="a"} 2\n',
      5,
    ],
    ['only of bytes', '# HELP atsflow_spool_records\natsflow_spool_bytes 7\n', null],
    ['what is not known', 'atsflow_spool_records NaN\n', null],
  ])('%s', (_what, text, records) => {
    expect(spoolRecordsIn(text)).toBe(records)
  })
})

describe('what is asked', () => {
  it('is every ingress that is named, and nobody else', async () => {
    const ports = await Promise.all(
      ['atsflow_spool_records 1\n', 'atsflow_spool_records 2\n', 'other 9\n'].map(processWith),
    )
    const [a = 0, b = 0, other = 0] = ports
    const named = `ingress-0=${urlOf(a)},ingress-1=${urlOf(b)},console=${urlOf(other)}`
    expect(await recordsInSpools({ env: { CONSOLE_SCRAPE: named }, signal })).toBe(3)
  })

  it('is the one of this machine where none is named', async () => {
    const port = await processWith('atsflow_spool_records 0\n')
    expect(await recordsInSpools({ env: { HEALTH_PORT: String(port) }, signal })).toBe(0)
  })

  it('is known only when all have answered', async () => {
    const port = await processWith('atsflow_spool_records 0\n')
    const named = `ingress-0=${urlOf(port)},ingress-1=http://127.0.0.1:9/metrics`
    expect(await recordsInSpools({ env: { CONSOLE_SCRAPE: named }, signal })).toBeNull()
    expect(await recordsInSpools({ env: { CONSOLE_SCRAPE: `console=${urlOf(port)}` }, signal })).toBeNull()
  })
})
