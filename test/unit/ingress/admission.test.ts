import { expect, it } from 'vitest'
import { createAdmission, SMALL_BODY_BYTES } from '../../../services/ingress/admission.ts'

const MIB = 1024 * 1024
const idibu = { source: 'idibu', tenant: 'default' }
const jobylon = { source: 'jobylon', tenant: 'default' }
let addresses = 0
const anywhere = () => '192.0.2.1'
const admissionOf = (waitMaxMs = 5_000) =>
  createAdmission({ requestsPerConnectionMax: 9, bytesMax: 10 * MIB, waitMaxMs })
/** Each from an address of its own, unless it says another one. */
const enter = (admission: ReturnType<typeof admissionOf>, source = 'idibu', from?: string) => {
  const place = admission.enter({ source, tenant: 'default' }, () => from ?? `192.0.2.${++addresses}`)
  if (place === null) throw new Error('no place')
  return place
}

it('lets one connection take only its own places', () => {
  const admission = createAdmission({ requestsPerConnectionMax: 1, bytesMax: 10, waitMaxMs: 1 })
  const first = admission.enter(idibu, anywhere)
  expect(admission.enter(idibu, anywhere)).toBeNull()
  expect(admission.enter(jobylon, anywhere)).not.toBeNull()
  first?.leave()
  expect(admission.enter(idibu, anywhere)).not.toBeNull()
})

it('lets a body wait until others leave, in the order of asking', async () => {
  const admission = admissionOf()
  const [first, second, third] = ['idibu', 'jobylon', 'direct'].map(source => enter(admission, source))
  if (first === undefined || second === undefined || third === undefined) throw new Error('no place')
  const granted: string[] = []
  await first.reserve(6 * MIB)
  const waits = [
    second.reserve(8 * MIB).then(() => granted.push('second')),
    // It would fit, and does not overtake.
    third.reserve(4 * MIB).then(() => granted.push('third')),
  ]
  await new Promise(resolve => setImmediate(resolve))
  expect(granted).toEqual([])
  first.leave()
  await waits[0]
  expect(granted).toEqual(['second'])
  second.keep(6 * MIB)
  await waits[1]
  expect(granted).toEqual(['second', 'third'])
})

it('tells a body that has waited too long to come back, and lets the next one in', async () => {
  const admission = admissionOf(5)
  const [first, second, third] = [
    enter(admission),
    enter(admission, 'jobylon'),
    enter(admission, 'direct'),
  ] as const
  await first.reserve(6 * MIB)
  const late = second.reserve(8 * MIB)
  expect(await late).toBe(false)
  expect(await third.reserve(4 * MIB)).toBe(true)
})

it('never lets a small body wait behind large ones', async () => {
  const admission = admissionOf()
  await enter(admission).reserve(10 * MIB)
  expect(await enter(admission).reserve(SMALL_BODY_BYTES)).toBe(true)
})

it('lets a body in alone that is larger than everything together may be', async () => {
  const admission = admissionOf()
  const first = enter(admission)
  expect(await first.reserve(60 * MIB)).toBe(true)
  first.leave()
  expect(await enter(admission).reserve(10 * MIB)).toBe(true)
})

it('leaves others room beside a connection that asks for everything, and gives it the rest of its own in order', async () => {
  const admission = admissionOf()
  const greedy = Array.from({ length: 8 }, () => enter(admission))
  const granted: number[] = []
  const all = greedy.map((place, nth) =>
    place.reserve(2 * MIB).then(isGranted => isGranted && granted.push(nth)),
  )
  expect(await enter(admission, 'jobylon').reserve(5 * MIB)).toBe(true)
  expect(granted).toEqual([0, 1])
  for (const place of greedy) {
    place.leave()
    await new Promise(resolve => setImmediate(resolve))
  }
  await Promise.all(all)
  expect(granted).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})

it('leaves others room beside an address that asks for everything through many connections', async () => {
  const admission = admissionOf(5)
  const reserved = ['idibu', 'jobylon', 'direct', 'humansourcing'].map(source =>
    enter(admission, source, '198.51.100.7').reserve(2.5 * MIB),
  )
  expect(await enter(admission, 'cleverconnect').reserve(2 * MIB)).toBe(true)
  expect(await Promise.all(reserved)).toEqual([true, true, true, false])
})

it('lets a connection have one body that is larger than its share, and then no other one', async () => {
  const admission = admissionOf(5)
  const [large, small] = [enter(admission), enter(admission)]
  expect(await large.reserve(6 * MIB)).toBe(true)
  expect(await small.reserve(MIB)).toBe(false)
  large.keep(MIB)
  expect(await small.reserve(MIB)).toBe(true)
})

it('never asks a small body where it comes from', async () => {
  const sender = () => {
    throw new Error('asked')
  }
  expect(await admissionOf().enter(idibu, sender)?.reserve(SMALL_BODY_BYTES)).toBe(true)
})
