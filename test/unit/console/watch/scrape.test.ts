import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  createRateWatch,
  PULSIFI_REQUESTS,
  scrape,
  sumsOf,
} from '../../../../services/console/watch/scrape.ts'

describe('the numbers of others', () => {
  it('are summed over their labels', () => {
    const text = `# HELP x y\n${PULSIFI_REQUESTS}{operation="a",status="200"} 3\n${PULSIFI_REQUESTS}{operation="b",status="200"} 4\nother 9\n`
    expect(sumsOf(text)).toEqual({ [PULSIFI_REQUESTS]: 7 })
  })
  it('are unknown as a sum where one of them is', () => {
    const of = (partition: number, value: string) =>
      `atsflow_completeness_delta{topic="t",partition="${partition}"} ${value}\n`
    expect(sumsOf(of(0, '0') + of(1, 'Nan') + of(2, '0'))).toEqual({ atsflow_completeness_delta: Number.NaN })
  })
  it('give a rate over the last 20 s, and none after a restart', () => {
    const watch = createRateWatch()
    const at = (ms: number, requests: number) =>
      watch.perSecond([{ name: 'sink', isUp: true, sums: { [PULSIFI_REQUESTS]: requests } }], ms)
    expect(at(0, 100)).toBeNull()
    expect(at(10_000, 130)).toBe(3)
    expect(at(25_000, 175)).toBe(3)
    expect(at(26_000, 2)).toBeNull()
    expect(watch.perSecond([], 27_000)).toBeNull()
  })
})

it('logs in with the user of its address, with any characters, and asks for no user in the path', async () => {
  const seen: unknown[] = []
  const server = createServer((request, response) => {
    seen.push([request.url, request.headers.authorization])
    response.end(`${PULSIFI_REQUESTS} 3\n`)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://kim:a%2Fb%23c@127.0.0.1:${port}/metrics`
  const numbers = await scrape({ name: 'sink', url })
  server.close()
  expect(numbers).toEqual({ name: 'sink', isUp: true, sums: { [PULSIFI_REQUESTS]: 3 } })
  expect(seen).toEqual([['/metrics', `Basic ${btoa('kim:a/b#c')}`]])
})
