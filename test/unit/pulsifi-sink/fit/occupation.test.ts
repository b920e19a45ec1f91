import { expect, it } from 'vitest'
import { occupationIn } from '../../../../services/pulsifi-sink/fit/occupation.ts'

it.each([
  ['Attaché(e) commercial h/f', 'Attaché commercial'],
  ['Conseiller Clientèle H/F', 'Conseiller Clientèle'],
  ['Infirmier(ère) H/F – CDI – Lyon (69)', 'Infirmier'],
  ['Chargé·e de recrutement (F/H/X)', 'Chargé de recrutement'],
  ['Warehouse Operative | Leeds', 'Warehouse Operative'],
  ['Account Executive (SaaS, mid-market)', 'Account Executive'],
  ['Lärarassistent, deltid 50 %', 'Lärarassistent'],
  ['Ref. 2024-17: Jurist', 'Jurist'],
  ['محاسب', 'محاسب'],
  ['(Jurist)', '(Jurist)'],
  ['H/F', ''],
  ['', ''],
  ['42', ''],
])('names the occupation in %j', (title, occupation) => {
  expect(occupationIn(title)).toBe(occupation)
})
