import { describe, expect, it } from 'vitest'
import { judgeFile, typeOfBytes } from '../../../services/core/file-type.ts'

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
const PROGRAM = 'application/x-executable'
const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('latin1')

it.each([
  ['%PDF-1.7', 'application/pdf'],
  ['\n\n%PDF-1.4', 'application/pdf'],
  ['%PD', 'text/plain'],
  ['PK\x03\x04[Content_Types].xml word/document.xml', DOCX],
  ['PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.text', 'application/vnd.oasis.opendocument.text'],
  ['PK\x03\x04META-INF/MANIFEST.MF', 'application/zip'],
  [`\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1${utf16('WordDocument')}`, 'application/msword'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an installer', 'application/x-ole-storage'],
  ['{\\rtf1 CV}', 'application/rtf'],
  ['\x89PNG\r\n\x1a\n', 'image/png'],
  ['\xff\xd8\xff\xe0', 'image/jpeg'],
  ['GIF89a', 'image/gif'],
  ['<html>', 'text/html'],
  ['\xef\xbb\xbf \n<!DOCTYPE html>', 'text/html'],
  ['<script>go()</script>%PDF-1.7', 'text/html'],
  ['MZ\x90\x00\x03', PROGRAM],
  ['MZ\x90\x00%PDF-1.7', PROGRAM],
  ['\x7fELF\x02', PROGRAM],
  ['\xcf\xfa\xed\xfe', PROGRAM],
  ['MZ, my initials', 'text/plain'],
  ['Exp\xe9rience', 'text/plain'],
  [`\xff\xfe${utf16('CV')}`, 'text/plain'],
  ['\x00\x01\x02', null],
  ['', null],
])('the bytes %j show %s', (bytes, expected) => {
  expect(typeOfBytes(Buffer.from(bytes, 'latin1'))).toBe(expected)
})

it('looks at no more than the bytes that it is given', () => {
  const all = Buffer.from('<html>%PDF-1.7<html>')
  expect(typeOfBytes(new Uint8Array(all.buffer, all.byteOffset + 6, 8))).toBe('application/pdf')
})

const MISMATCH = ['CONTENT_TYPE_MISMATCH']
const UNVERIFIED = ['CONTENT_TYPE_UNVERIFIED']

describe('a file whose bytes show', () => {
  it.each([
    ['a document under its name', 'application/pdf', null, 'CV.PDF', []],
    ['a document under a name that says nothing', 'application/pdf', null, 'CV of St. Martin', []],
    ['a document under no name', 'application/pdf', 'application/x-pdf', null, []],
    ['a document that the sender calls bytes', DOCX, 'application/octet-stream', 'cv.docx', []],
    ['another document than its name says', 'application/rtf', null, 'cv.doc', MISMATCH],
    ['another document than the sender says', 'application/pdf', 'application/msword', null, MISMATCH],
    ['a page under the name of a document', 'text/html', 'application/pdf', 'cv.pdf', MISMATCH],
    ['a program under the name of a document', PROGRAM, null, 'cv.pdf', MISMATCH],
    ['a program under the name of one', PROGRAM, null, 'cv.exe', MISMATCH],
    ['a document under the name of a program', 'application/pdf', null, 'cv.pdf.exe. ', MISMATCH],
    ['text under the name of a document', 'text/plain', null, 'cv.pdf', MISMATCH],
    ['text under a name that nothing is known of', 'text/plain', null, 'cv.tex', UNVERIFIED],
    ['an archive under the name of a document', 'application/zip', null, 'cv.docx', MISMATCH],
  ] as const)('%s: is opened as what they show', (_what, shown, declared, name, warnings) => {
    expect(judgeFile({ shown, declared, name })).toEqual({ contentType: shown, warnings })
  })
})

describe('a file whose bytes show nothing', () => {
  it.each([
    ['what its name would show', null, 'cv.pdf', 'application/octet-stream', MISMATCH],
    ['what the sender says it would', 'image/png', 'photo', 'application/octet-stream', MISMATCH],
    ['anything that is known', 'video/mp4', 'reel.mp4', 'video/mp4', UNVERIFIED],
    ['anything at all', null, null, null, UNVERIFIED],
  ] as const)('nor %s', (_what, declared, name, contentType, warnings) => {
    expect(judgeFile({ shown: null, declared, name })).toEqual({ contentType, warnings })
  })
})
