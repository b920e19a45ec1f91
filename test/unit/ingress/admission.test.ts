import { expect, it } from 'vitest'
import { createAdmission, SMALL_BODY_BYTES } from '../../../services/ingress/admission.ts'

const MIB = 1024 * 1024
const idibu = { source: 'idibu', tenant: 'default' }
const jobylon = { source: 'jobylon', tenant: 'default' }
const admissionOf = (waitMaxMs = 5_000) =>
  createAdmission({ requestsPerConnectionMax: 9, bytesMax: 10 * MIB, waitMaxMs })
const enter = (admission: ReturnType<typeof admissionOf>) => {
  const place = admission.enter(idibu)
  if (place === null) throw new Error('no place')
  return place
}

it('lets one connection take only its own places', () => {
  const admission = createAdmission({ requestsPerConnectionMax: 1, bytesMax: 10, waitMaxMs: 1 })
  const first = admission.enter(idibu)
  expect(admission.enter(idibu)).toBeNull()
  expect(admission.enter(jobylon)).not.toBeNull()
  first?.leave()
  expect(admission.enter(idibu)).not.toBeNull()
})

it('lets a body wait until others leave, in the order of asking', async () => {
  const admission = admissionOf()
  const [first, second, third] = [enter(admission), enter(admission), enter(admission)]
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
  const [first, second, third] = [enter(admission), enter(admission), enter(admission)]
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
