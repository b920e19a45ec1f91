/** `ops erasure`: what is left of a person who was deleted, place by place, as a certificate. */
import type { Command } from 'commander'
import { discoverSources } from '../../platform/connections/discover-sources.ts'
import { loadConfig } from '../../platform/process/config.ts'
import { readTopicsFile } from '../../platform/topics/file.ts'
import { reportTopics } from '../../platform/topics/report.ts'
import type { Host } from '../cli/command-group.ts'
import { recordDecision } from '../cli/decision.ts'
import { OperatorError } from '../cli/exit.ts'
import type { Session } from '../cli/session.ts'
import { OpsConfig } from '../config.ts'
import { type Certificate, signed, signingKey } from './certificate.ts'
import { lookEverywhere } from './look.ts'
import { type BoundsOf, completeBy, isComplete, placesOf, type TopicBounds } from './places.ts'

export function erasure(program: Command, { run, nowMs, operator }: Host): void {
  program
    .command('erasure')
    .description('what is left of a deleted person, place by place, as a signed certificate')
    .argument('<candidate key>', '<source>:<tenant>:<candidate id>')
    .addHelpText(
      'after',
      `
Names no values, only places and ids. With ERASURE_SIGNING_KEY (or ERASURE_SIGNING_KEY_FILE) the certificate is a JSON
Web Signature by Ed25519: its last line, or "signature" with --json. Exit code 1 while something is left, on disk too: what
goes by age goes by the date that is told, as the broker has its topics set now. Ask again then.`,
    )
    .action((key: string) =>
      run(session => certify(session, key, { nowMs: nowMs(), operator: operator.name })),
    )
}

async function certify(
  session: Session,
  candidate: string,
  { nowMs, operator }: { readonly nowMs: number; readonly operator: string },
): Promise<void> {
  const { env, out } = session
  const { ERASURE_SIGNING_KEY: pem } = loadConfig(OpsConfig, env)
  const key = pem === undefined ? null : signingKey(pem)
  await recordDecision(session, [candidate])
  const boundsOf = await readBounds(session)
  const places = placesOf(await lookEverywhere(session, candidate), boundsOf, nowMs)
  const made = { made_at: new Date(nowMs).toISOString(), made_by: operator }
  const complete_by = completeBy(places, nowMs)
  const certificate: Certificate = {
    candidate_key: candidate,
    ...made,
    is_complete: isComplete(places, nowMs),
    complete_by,
    places,
  }
  print(session, certificate, key === null ? null : signed(certificate, key))
  if (key === null) out.note('not signed: set ERASURE_SIGNING_KEY_FILE to an Ed25519 private key')
  if (certificate.is_complete) return
  throw new OperatorError(
    complete_by === null
      ? 'not everything is gone: see what is unfinished'
      : `not everything is gone yet: what is left goes by ${complete_by}. Give the command again then`,
  )
}

function print({ out }: Session, certificate: Certificate, signature: string | null): void {
  if (out.isJson) return out.facts({ certificate, signature })
  const { places, ...facts } = certificate
  out.facts(facts)
  out.list(
    places,
    [
      { title: 'place', value: ({ place }) => place },
      { title: 'state', value: ({ state }) => state },
      { title: 'removed', value: ({ at }) => at },
      { title: 'gone from disk by', value: ({ gone_by }) => gone_by },
      { title: 'detail', value: ({ detail }) => detail },
    ],
    '',
  )
  if (signature !== null) out.line({ signature }, signature)
}

/** As the broker has them: where that differs from infra/topics.yaml, it is the broker that removes. */
export async function readBounds({ kafka, env }: Pick<Session, 'kafka' | 'env'>): Promise<BoundsOf> {
  const definitions = readTopicsFile([...(await discoverSources()).keys()], env)
  const reports = await reportTopics(kafka, definitions)
  const found = new Map(reports.map(({ topic, found }) => [topic, boundsOf(found?.config ?? {})]))
  return topic => found.get(topic) ?? boundsOf({})
}

/** @param config of the broker, by its own names */
export function boundsOf(config: Readonly<Record<string, string>>): TopicBounds {
  const of = (name: string) => {
    const value = Number(config[name] ?? Number.NaN)
    return Number.isSafeInteger(value) && value >= 0 ? value : null
  }
  const policy = (config['cleanup.policy'] ?? '').split(',').map(part => part.trim())
  return {
    // -1 is for ever, and so is the largest number there is, which is no safe integer.
    retentionMs: policy.includes('delete') ? of('retention.ms') : null,
    compactedWithinMs: policy.includes('compact') ? of('max.compaction.lag.ms') : null,
    segmentMs: of('segment.ms') ?? 0,
  }
}
