import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  collapse,
  hasMarkup,
  htmlToText,
  orNull,
  plainLine,
  prose,
} from '../../../../services/core/reading/text.ts'

describe('htmlToText', () => {
  it.each([
    ['decodes entities', 'Caf&eacute; &amp; th&#233;', 'Café & thé'],
    ['puts blocks on lines of their own', '<p>One</p><p>Two</p>', 'One\n\nTwo'],
    ['breaks a line at br', 'One<br/>Two', 'One\nTwo'],
    ['writes list items on their own lines', '<ul><li>One</li><li>Two</li></ul>', '- One\n- Two'],
    ['keeps the text of a link and drops its address', '<a href="https://x.example">Apply</a>', 'Apply'],
    ['drops scripts, styles and images', '<style>a{}</style><script>b()</script><img alt="x" src="y">T', 'T'],
    ['keeps the case of headings', '<h1>Our job</h1>', 'Our job'],
    [
      'keeps cells apart',
      '<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>',
      'A | B\n1 | 2',
    ],
    [
      'puts cells that hold blocks on lines of their own',
      '<table><tr><td><p>A</p></td><td><p>B</p></td></tr></table>',
      'A\n\nB',
    ],
    ['keeps terms and their meaning apart', '<dl><dt>Where</dt><dd>Lyon</dd></dl>', 'Where\nLyon'],
    [
      'keeps what looks like a tag and is none',
      'Write to <ana@example.com>,<br>or <b>call</b> <name>',
      'Write to <ana@example.com>,\nor call <name>',
    ],
    ['reads unclosed tags', '<p>One<b>two', 'Onetwo'],
  ])('%s', (_law, html, text) => {
    expect(htmlToText(html)).toBe(text)
  })

  it('does not wrap long lines', () => {
    const line = 'word '.repeat(100).trim()
    expect(htmlToText(`<p>${line}</p>`)).toBe(line)
  })

  it('reads nesting that no page has, as fast as anything of its size', () => {
    expect(htmlToText(`${'<div>'.repeat(9_000)}a &amp; b`)).toBe('')
    expect(htmlToText(`${'<div>'.repeat(400_000)}a &amp; b`)).toBe('a & b')
    expect(htmlToText('<'.repeat(400_000)).length).toBeGreaterThan(0)
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string(), text => typeof htmlToText(text) === 'string'))
  })
})

describe('hasMarkup', () => {
  it.each(['<p>x</p>', 'a<br>b', 'a<BR />b', '<a href="x">y</a>', 'R&amp;D', '&#39;', '&eacute;t&eacute;'])(
    'sees markup in %s',
    text => expect(hasMarkup(text)).toBe(true),
  )
  it.each([
    '',
    'a < b and c > d',
    '1<2',
    '<jane@example.com>',
    'Dear <name>',
    'AT&T; R&D',
    'x <bold',
    'C++ & C',
  ])('sees prose in %s', text => expect(hasMarkup(text)).toBe(false))
})

describe('prose', () => {
  it.each([
    ['text without markup', ' one\ntwo ', { text: 'one\ntwo', html: null }],
    ['HTML, with what was sent', '<p>One</p>', { text: 'One', html: '<p>One</p>' }],
    ['HTML without any text', '<p></p>', { text: null, html: '<p></p>' }],
    [
      'lines of text with an entity',
      'You:\n- drive\n- g&eacute;rer\n\nWe.',
      { text: 'You:\n- drive\n- gérer\n\nWe.' },
    ],
    ['lines of text with a tag', 'One\n<b>Two</b><br>\nThree', { text: 'One\nTwo\nThree' }],
    [
      'lines of text behind a paragraph',
      '<p>One</p>\nTwo:\n- a\n- b',
      { text: expect.stringMatching(/^One\s+Two:\n- a\n- b$/) },
    ],
    ['HTML whose lines mean nothing', '<p>One\ntwo</p>\n<p>Three</p>', { text: 'One two\n\nThree' }],
    [
      'a document that was escaped',
      '&lt;p&gt;&amp;Eacute;t&amp;eacute;&lt;/p&gt;&lt;p&gt;R&amp;amp;D&lt;/p&gt;',
      { text: 'Été\n\nR&D' },
    ],
    ['references that were escaped', '<p>R&amp;amp;D, caf&amp;eacute;</p>', { text: 'R&D, café' }],
    ['words about HTML', 'Know <b>tags</b> such as &lt;nav&gt;.', { text: 'Know tags such as <nav>.' }],
    ['words about HTML in plain text', 'Know &lt;nav&gt; and &lt;p&gt;.', { text: 'Know <nav> and <p>.' }],
    ['nothing', '  ', { text: null, html: null }],
    ['no text at all', 5, { text: null, html: null }],
  ])('reads %s', (_what, block, expected) => {
    expect(prose(block)).toMatchObject(expected)
  })
})

it.each([
  [' a ', 'a'],
  ['', null],
  [' \n', null],
  [null, null],
  [undefined, null],
  [5, null],
])('orNull reads %j as %j', (text, expected) => {
  expect(orNull(text)).toBe(expected)
})

it('collapse leaves single spaces only', () => {
  expect(collapse('\u00a0 one\n\n two\tthree ')).toBe('one two three')
})

it.each([
  [' <b>Chef</b>\n de&nbsp;rang ', 'Chef de rang'],
  ['\u200b\u00ad', null],
  ['می\u200cخواهم', 'می\u200cخواهم'],
  ['👩\u200d💻', '👩\u200d💻'],
  [null, null],
])('plainLine reads %j as %j', (text, line) => {
  expect(plainLine(text)).toBe(line)
})
