import { expect, it } from 'vitest'
import { webAddress } from '../../../services/console/read-again.ts'

it.each([
  ['https://reports.example.com/1.pdf', 'https://reports.example.com/1.pdf'],
  ['http://127.0.0.1:8095/report', 'http://127.0.0.1:8095/report'],
  ['javascript:alert(1)', null],
  [' JaVaScRiPt:alert(1)', null],
  ['data:text/html,x', null],
  ['reports/1', null],
  [null, null],
])('%j as a link of the page is %j', (text, expected) => expect(webAddress(text)).toBe(expected))
