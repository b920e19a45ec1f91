/** Markup with text that is always text. */

export interface Html {
  readonly markup: string
}
type Part = string | number | null | undefined | Html | readonly Part[]

/** `` html`<p>${text}</p>` ``: everything but other markup is escaped; null and undefined are nothing. */
export const html = (literals: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: literals.map((literal, at) => literal + markupOf(parts[at])).join(''),
})

function markupOf(part: Part): string {
  if (part === null || part === undefined) return ''
  if (typeof part === 'object') return 'markup' in part ? part.markup : part.map(markupOf).join('')
  return String(part).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** What stands between backticks, as code. */
export const withCode = (text: string): Html =>
  html`${text.split('`').map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : part))}`

const STYLES = ['base', 'page', 'tables', 'narrow']

/** A page without scripts. @param styles beside those that all of them have */
export const pageOf = (title: string, body: Html, styles: readonly string[] = []): string =>
  html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${title}</title>
    <link rel="icon" href="/icon.svg" type="image/svg+xml" />
    ${[...STYLES, ...styles].map(
      name => html`<link rel="stylesheet" href="/styles/${name}.css" />
    `,
    )}
  </head>
  <body>
    ${body}
  </body>
</html>
`.markup

export interface DocumentParts {
  readonly title: string
  /** Path of this page. */
  readonly path: string
  /** Places on it, by their `id`. */
  readonly contents: readonly { readonly id: string; readonly label: string; readonly group: string }[]
  readonly intro: Html
  readonly body: readonly Html[]
}

const PAGES = [
  ['/docs', 'Topics'],
  ['/docs/api', 'HTTP API'],
] as const

export function documentOf({ title, path, contents, intro, body }: DocumentParts): string {
  const groups = [...new Set(contents.map(({ group }) => group))]
  const page = html`<a class="skip" href="#main">Skip to the text</a>
    <header class="top">
      <div class="brand"><strong>atsflow</strong> <span>data contract</span></div>
      <nav aria-label="Pages">
        <a href="/">Console</a>
        ${PAGES.map(([to, label]) => (to === path ? html`<a href="${to}" aria-current="page">${label}</a>` : html`<a href="${to}">${label}</a>`))}
      </nav>
    </header>
    <div class="docs">
      <nav class="contents" aria-label="On this page">
        ${groups.map(
          group => html`<h2>${group}</h2>
          <ul>${contents.filter(one => one.group === group).map(({ id, label }) => html`<li><a href="#${id}">${label}</a></li>`)}</ul>`,
        )}
      </nav>
      <main id="main" tabindex="-1">
        <h1>${title}</h1>
        ${intro}
        ${body}
      </main>
    </div>`
  return pageOf(`atsflow: ${title}`, page, ['docs'])
}
