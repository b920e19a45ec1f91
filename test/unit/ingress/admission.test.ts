import { expect, it } from 'vitest'
import { createAdmission } from '../../../services/ingress/admission.ts'

const idibu = { source: 'idibu', tenant: 'default' }
const jobylon = { source: 'jobylon', tenant: 'default' }

it('lets one connection take only its own places', () => {
  const admission = createAdmission({ requestsPerConnectionMax: 1, bytesMax: 10 })
  const first = admission.enter(idibu)
  expect(admission.enter(idibu)).toBeNull()
  expect(admission.enter(jobylon)).not.toBeNull()
  first?.leave()
  expect(admission.enter(idibu)).not.toBeNull()
})

it('shares memory between all requests and takes it back when they leave', () => {
  const admission = createAdmission({ requestsPerConnectionMax: 9, bytesMax: 10 })
  const first = admission.enter(idibu)
  const second = admission.enter(jobylon)
  expect([first?.hold(6), second?.hold(5), second?.hold(4)]).toEqual([true, false, true])
  first?.leave()
  expect(second?.hold(6)).toBe(true)
})
