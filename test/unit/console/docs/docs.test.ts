import { describe, expect, it } from 'vitest'
import { AVRO_TOPICS, loadSchema } from '../../../../schemas/subjects.ts'
import { OPERATIONS } from '../../../../services/console/api/operations.ts'
import { makeDocs } from '../../../../services/console/docs/docs.ts'
import { html } from '../../../../services/console/docs/html.ts'

const pages = makeDocs('1.2.3')
const textOf = (path: string): string => pages.get(path)?.bytes.toString() ?? ''

describe('the page of the topics', () => {
  it.each(AVRO_TOPICS)('names every field of %s', topic => {
    const section =
      textOf('/docs')
        .split('<section')
        .find(part => part.includes(`id="${topic}"`)) ?? ''
    for (const { name } of loadSchema(topic).fields) expect(section).toContain(`<code>${name}</code>`)
  })

  it('says what is promised', () => {
    for (const promise of ['Delivery', 'Order', 'Freshness', 'Completeness', 'Changes'])
      expect(textOf('/docs')).toContain(`<dt>${promise}</dt>`)
  })
})

it('the page of the API names every operation', () => {
  for (const { name, path } of OPERATIONS) {
    expect(textOf('/docs/api')).toContain(`id="${name}"`)
    expect(textOf('/docs/api')).toContain(path)
  }
})

it.each(['/docs', '/docs/api'])(
  '%s needs nothing from elsewhere, no script and no style of its own',
  path => {
    expect(textOf(path)).not.toMatch(/<script|\sstyle=|\son[a-z]+=|(?:src|href)="(?:https?:)?\/\//)
  },
)

it.each(['/docs', '/docs/api'])('%s leads only to places that are on it', path => {
  const ids = new Set(Array.from(textOf(path).matchAll(/ id="([^"]+)"/g), ([, id]) => id))
  const places = Array.from(textOf(path).matchAll(/href="#([^"]+)"/g), ([, id]) => id)
  expect(places.filter(place => !ids.has(place))).toEqual([])
})

it('text is always text', () => {
  const text = `<b>"it's" & more</b>`
  expect(html`<p title="${text}">${[text, html`<i>${null}</i>`]}</p>`.markup).toBe(
    '<p title="&#60;b&#62;&#34;it&#39;s&#34; &#38; more&#60;/b&#62;">&#60;b&#62;&#34;it&#39;s&#34; &#38; more&#60;/b&#62;<i></i></p>',
  )
})
