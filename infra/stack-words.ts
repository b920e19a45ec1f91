/** What a person is told of a running stack: addresses, and a line that posts something. Pure. */

export interface Addresses {
  /** By process name. */
  readonly urls: Readonly<Record<string, string>>
  /** Where each answers `/readyz` and `/metrics`, by process name. */
  readonly healthUrls: Readonly<Record<string, string>>
  readonly kafka: string
  readonly registry: string
}

const ABOUT: Readonly<Record<string, readonly string[]>> = {
  sandbox: ['Pulsifi’s stand-in, with a page: see the calls, finish an assessment by hand'],
  console: ['a page: what became of everybody'],
}

/** A line for each; health where it is elsewhere. */
export function addressLines({ urls, healthUrls, kafka, registry }: Addresses): readonly string[] {
  const processes = Object.entries(urls).map(([name, url]) => {
    const health = healthUrls[name]
    const elsewhere = health === url || health === undefined ? [] : [`health ${health}/readyz`]
    return [name, url, [...(ABOUT[name] ?? []), ...elsewhere].join('; ')] as const
  })
  const rows = [...processes, ['Kafka', kafka, ''], ['schema registry', registry, '']] as const
  const width = (column: 0 | 1) => Math.max(...rows.map(row => row[column].length))
  return rows.map(
    ([name, url, about]) =>
      `  ${name.padEnd(width(0))}  ${about === '' ? url : `${url.padEnd(width(1))}  ${about}`}`,
  )
}

export interface PostPlace {
  readonly ingress: string
  readonly tenant: string
  /** Of the source jobylon. */
  readonly secret: string
}

/** One command in two lines, for a shell in the folder of the project. */
export const postLines = ({ ingress, tenant, secret }: PostPlace): readonly string[] => [
  `  curl -H 'Authorization: Bearer ${secret}' -H 'content-type: application/json' \\`,
  `    --data-binary @infra/demo/webhooks/jobylon-candidate-try-it.json ${ingress}/hooks/jobylon/${tenant}`,
]
