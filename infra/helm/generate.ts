/**
 * Writes infra/helm/values.schema.json, and infra/helm/generated/: what the chart takes from other files, since it can read
 * none outside its folder. Topics and users of infra/topics.yaml and infra/acls.yaml, the alerts, the dashboards, whose each secret is.
 * `node infra/helm/generate.ts` writes, `--check` fails when a committed file is stale.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { z } from 'zod'
import { isCheck, keep } from '../../schemas/generator-arguments.ts'
import { strimziUserSpecs } from '../../services/ops/acls/print.ts'
import { discoverSources } from '../../services/platform/connections/discover-sources.ts'
import { readDurability, readTopicsFile } from '../../services/platform/topics/file.ts'
import { readAclsFile } from '../../services/platform/topics/rights.ts'
import { isGiven, knownSecrets, needsOfAll } from '../process-secrets.ts'
import { Values } from './values.ts'

const observability = new URL('../observability/', import.meta.url)
const folder = new URL('./', import.meta.url)

/** What a topic is held by in earnest, beside its own settings. */
function strimziTopics(sources: readonly string[]) {
  const { minInSync, uncleanElection } = readDurability()
  const held = {
    'min.insync.replicas': String(minInSync),
    'unclean.leader.election.enable': String(uncleanElection),
  }
  return readTopicsFile(sources).map(({ name, config }) => ({ name, config: { ...config, ...held } }))
}

/** By process, what it reads of the one Secret that may hold everything. */
async function secretsByProcess(sources: readonly string[]): Promise<Readonly<Record<string, string[]>>> {
  const known = await knownSecrets(sources)
  const all = [...(await needsOfAll())].filter(([name]) => name !== 'sandbox')
  return Object.fromEntries(
    all.map(([name, needs]) => [name, known.filter(it => isGiven(it, needs, new Set(known), {}))]),
  )
}

async function files(): Promise<ReadonlyMap<string, string>> {
  const sources = [...(await discoverSources()).keys()].sort()
  const topics = strimziTopics(sources)
  const users = strimziUserSpecs(readAclsFile())
  const dashboards = readdirSync(new URL('dashboards/', observability)).sort()
  return new Map([
    ['values.schema.json', `${JSON.stringify(z.toJSONSchema(Values), null, 2)}\n`],
    ['generated/strimzi.yaml', stringify({ topics, users }, { aliasDuplicateObjects: false })],
    ['generated/secrets.yaml', stringify(await secretsByProcess(sources))],
    ['generated/rules.yaml', readFileSync(new URL('rules.yaml', observability), 'utf8')],
    ...dashboards.map(
      name =>
        [
          `generated/dashboards/${name}`,
          readFileSync(new URL(`dashboards/${name}`, observability), 'utf8'),
        ] as const,
    ),
  ])
}

const comparesOnly = isCheck('infra/helm/values.schema.json and infra/helm/generated')
for (const [name, text] of await files()) keep(new URL(name, folder), text, comparesOnly)
