/** The contract of the topics as a page. */
import { type Contract, readContract, type Topic } from './contract.ts'
import { type DataClass, type FieldRow, fieldRows } from './fields.ts'
import { documentOf, type Html, html } from './html.ts'

const GROUPS: readonly (readonly [string, (topic: Topic) => boolean])[] = [
  ['Records', ({ schema }) => schema !== null],
  ['As received', ({ name }) => /^(ats|pulsifi)\.raw/.test(name)],
  ['What went wrong', () => true],
]
const groupOf = (topic: Topic): string => GROUPS.find(([, holds]) => holds(topic))?.[0] ?? ''

export function topicsPage(contract: Contract = readContract()): string {
  const topics = GROUPS.flatMap(([group]) => contract.topics.filter(topic => groupOf(topic) === group))
  return documentOf({
    title: 'Topics',
    path: '/docs',
    contents: [
      { id: 'promises', label: 'What is promised', group: 'Contract' },
      { id: 'classes', label: 'Personal data', group: 'Contract' },
      ...topics.map(topic => ({ id: topic.name, label: topic.name, group: groupOf(topic) })),
    ],
    intro: html`<p class="lead">Anyone may subscribe. This page is made from
      <a href="/docs/asyncapi.json">asyncapi.json</a>, which is made from the Avro schemas and the topics' settings.</p>`,
    body: [promises(contract), CLASSES, ...topics.map(section)],
  })
}

const promises = ({ promises: all }: Contract): Html => html`<section class="card" id="promises">
  <h2>What is promised</h2>
  <dl class="promises">${Object.entries(all).map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
  <p>How fresh and how complete it is now: the <a href="/">console</a> shows it above the figures.</p>
</section>`

const CLASSES = html`<section class="card" id="classes">
  <h2>Personal data</h2>
  <dl class="promises">
    <dt>${badge('personal')}</dt>
    <dd>Identifies a person, or may. Keep it out of logs and metrics; mask or drop it where a table has no need of it.</dd>
    <dt>${badge('secret')}</dt>
    <dd>Opens something for whoever has it. Treat it as a password: never store it outside these topics.</dd>
  </dl>
</section>`

function section({ name, why, key, holds, kept, schema }: Topic): Html {
  return html`<section class="card" id="${name}">
    <h2><a href="#${name}">${name}</a></h2>
    <p>${holds}</p>
    <dl class="facts">
      <dt>Key</dt><dd>${key}</dd>
      <dt>Kept</dt><dd>${kept}</dd>
      <dt>Why</dt><dd>${why}</dd>
    </dl>
    ${schema === null ? null : fieldTable(fieldRows(schema))}
  </section>`
}

const fieldTable = (rows: readonly FieldRow[]): Html => html`<table class="cards fields">
  <thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th><th scope="col">Null</th></tr></thead>
  <tbody>${rows.map(
    ({ path, type, doc, whenNull, dataClass }) => html`<tr>
      <td data-label="Field"><code>${path}</code> ${badge(dataClass)}</td>
      <td data-label="Type">${type}</td>
      <td data-label="Meaning">${doc}</td>
      <td data-label="Null">${whenNull ?? 'never'}</td>
    </tr>`,
  )}</tbody>
</table>`

function badge(dataClass: DataClass): Html | null {
  return dataClass === null ? null : html`<span class="class ${dataClass}">${dataClass}</span>`
}
