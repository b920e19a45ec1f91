import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expiryOfSignedUrl,
  fileNameOfUrl,
  httpUrl,
  withoutQuery,
} from '../../../../services/core/reading/url.ts'

it.each([
  ['https://example.com/a?b=c', 'https://example.com/a?b=c'],
  [' http://example.com ', 'http://example.com'],
  ['URL_FORM', null],
  ['www.example.com', null],
  ['ftp://example.com/a', null],
  ['javascript:alert(1)', null],
  ['https://', null],
  ['', null],
  [null, null],
  [7, null],
])('httpUrl reads %j as %j', (text, expected) => {
  expect(httpUrl(text)).toBe(expected)
})

it.each([
  ['https://example.com/a/cv%20jane.pdf?x=/y.doc', 'cv jane.pdf'],
  ['https://example.com/a/100%.pdf', '100%.pdf'],
  ['https://example.com/a/', null],
  ['https://example.com', null],
  ['no url', null],
])('fileNameOfUrl reads %j as %j', (url, expected) => {
  expect(fileNameOfUrl(url)).toBe(expected)
})

describe('expiryOfSignedUrl', () => {
  const receivedAtMs = 1_700_000_000_000
  const dayLaterMs = receivedAtMs + 86_400_000
  it.each([
    ['Expires', 'Signature=a&Expires=1708531474', 1_708_531_474_000],
    ['expires, in lower case', 'signature=a&expires=1708531474', 1_708_531_474_000],
    ['Expires without a signature', 'Expires=1708531474', 1_708_531_474_000],
    ['date and life', 'X-Amz-Date=20240221T160434Z&X-Amz-Expires=60&X-Amz-Signature=a', 1_708_531_534_000],
    ['a day, when the signature does not say', 'Signature=a', dayLaterMs],
    ['a day, when the time is unreadable', 'Signature=a&Expires=soon', dayLaterMs],
    ['a day, when the life has no start', 'X-Amz-Expires=60&X-Amz-Signature=a', dayLaterMs],
    ['nothing, when the link is not signed', 'page=2', null],
  ])('goes by %s', (_what, query, expected) => {
    expect(expiryOfSignedUrl(`https://example.com/a?${query}`, receivedAtMs)).toBe(expected)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), text => Number.isFinite(expiryOfSignedUrl(text, 0) ?? 0)))
  })
})

it.each([
  ['https://example.com/a?b=c#d', 'https://example.com/a'],
  ['https://example.com/a#d?e', 'https://example.com/a'],
  ['https://example.com/a', 'https://example.com/a'],
])('withoutQuery reads %s as %s', (url, expected) => {
  expect(withoutQuery(url)).toBe(expected)
})
