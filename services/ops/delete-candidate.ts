/** `ops delete-candidate`: what a source would say when it deletes a person, for the sources that never say it. */
import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import type { Candidate } from '../../schemas/types.ts'
import { partsOfKey, sha256Hex } from '../core/identity.ts'
import { CANDIDATE_DELETION, candidateDeletion, OPERATOR_AUTH } from '../core/operator-event.ts'
import { CANONICAL_CANDIDATE, PULSIFI_INVITATION } from '../core/topics.ts'
import { createPartitionOf } from '../platform/kafka/partition-of.ts'
import { createGroupCommitProducer, PRODUCER_DEFAULTS } from '../platform/kafka/producer.ts'
import type { OutboundRecord } from '../platform/kafka/producer-batch.ts'
import { eventRecord } from '../platform/raw-events/record.ts'
import { type OffsetRange, rangesOf, withoutEnd } from '../platform/readers/topic-ranges.ts'
import { readRanges } from '../platform/readers/topic-reader.ts'
import { askOwners } from './cli/ask-owner.ts'
import type { Host } from './cli/command-group.ts'
import { agreed, asking, type Consent, isAsked } from './cli/consent.ts'
import { recordDecision } from './cli/decision.ts'
import { OperatorError } from './cli/exit.ts'
import { waitOption } from './cli/moment.ts'
import { decode, READER, readTable, type Session } from './cli/session.ts'

interface DeleteOptions extends Consent {
  readonly wait: number
}

export function deleteCandidate(program: Command, { run, nowMs }: Host): void {
  asking(program.command('delete-candidate'))
    .description('delete a person on request: as if the source had said so')
    .argument('<candidate key>', '<source>:<tenant>:<candidate id>')
    .addOption(waitOption("for the normalizer's record"))
    .addHelpText(
      'after',
      `
The record is redacted, result, scores, references and files are erased, and a tombstone follows after
DELETE_TOMBSTONE_DAYS. Who was not invited yet will not be. Of somebody who is deleted already, what an older version
left is erased. Pulsifi cannot delete: "erasure <candidate key>" shows what to ask it for, and what is left where.
Delete the person at the source too: a newer webhook brings a deleted person back.`,
    )
    .action((key: string, options: DeleteOptions) => run(session => remove(session, key, options, nowMs())))
}

async function remove(
  session: Session,
  key: string,
  { wait, ...consent }: DeleteOptions,
  nowMs: number,
): Promise<void> {
  const { out, kafka } = session
  const partition = createPartitionOf(session.partitions)(key)
  const known = await readTable(session, CANONICAL_CANDIDATE, { partitions: [partition], key })
  const candidate = known.get(key)?.record
  if (candidate === undefined || candidate.lifecycle === 'DELETED')
    return eraseRest(session, key, candidate, { partition, consent, nowMs })
  if (consent.dryRun || isAsked(session, consent)) out.facts(factsOf(candidate))
  if (!(await agreed(session, consent, `delete ${key}`))) return
  await recordDecision(session, [key])
  // Before anything is sent, so that the answer cannot be missed.
  const selection = { topics: [CANONICAL_CANDIDATE], partitions: [partition], from: 'latest' } as const
  const answers = await rangesOf(kafka, selection)
  await send(session, deletionRecord(key, Math.max(nowMs, candidate.provenance.received_at)))
  const deleted = wait === 0 ? undefined : await nextRecord(session, answers, key, wait)
  if (deleted?.lifecycle !== 'DELETED') throw new OperatorError(NO_ANSWER)
  out.facts(factsOf(deleted))
}

interface Rest {
  readonly partition: number
  readonly consent: Consent
  readonly nowMs: number
}

/** Whoever was deleted by an older version may have left results and scores behind; otherwise nothing happens. */
async function eraseRest(
  session: Session,
  key: string,
  candidate: Candidate | undefined,
  { partition, consent, nowMs }: Rest,
): Promise<void> {
  const ledger = await readTable(session, PULSIFI_INVITATION, { partitions: [partition] })
  const isKnown = [...ledger.values()].some(({ record }) => record.candidate_key === key)
  if (candidate === undefined && !isKnown) throw new OperatorError(`no candidate has the key ${key}`)
  const gone = { candidate_key: key, lifecycle: 'DELETED', applications: 0, deleted_at: null }
  if (isKnown && (await agreed(session, consent, `have what is left of ${key} erased`))) {
    const ask = { command: { command: 'erase', candidateKey: key }, key, partition } as const
    await askOwners(session, [ask], { topic: PULSIFI_INVITATION, waitMs: 0, nowMs: () => nowMs })
    session.out.note(`deleted already: the sink was asked to erase what is left, "erasure ${key}" tells`)
  }
  session.out.facts(candidate === undefined ? gone : factsOf(candidate))
}

/** No word about the person. */
const factsOf = ({ candidate_key, lifecycle, applications, deleted_at }: Candidate) => ({
  candidate_key,
  lifecycle,
  applications: applications.length,
  deleted_at: deleted_at === null ? null : new Date(deleted_at).toISOString(),
})

/** What ingress would have written. */
function deletionRecord(key: string, receivedAtMs: number): OutboundRecord {
  const { source, tenant, externalId } = partsOfKey(key)
  const text = candidateDeletion(externalId)
  const delivery = {
    ...{ source, tenant, auth: OPERATOR_AUTH, receivedAtMs, bodySha256: sha256Hex(text) },
    ...{ contentType: 'application/json', contentEncoding: null },
    traceParent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  }
  // Another deletion of the same person, later, is another event.
  const deliveryId = String(receivedAtMs)
  const entity = { type: 'candidate', externalId } as const
  return eventRecord(delivery, { kind: CANDIDATE_DELETION, entity, text, deliveryId }, Buffer.from(text), 0)
    .record
}

async function send({ kafka }: Session, record: OutboundRecord): Promise<void> {
  const producer = createGroupCommitProducer(kafka, {
    ...PRODUCER_DEFAULTS,
    acknowledgeWithinMs: 10_000,
    onFailure: () => undefined,
  })
  try {
    await producer.send(record).catch(() => {
      throw new OperatorError(
        'Kafka did not confirm the deletion: give the command again, a repeat harms nothing',
      )
    })
  } finally {
    await producer.close()
  }
}

async function nextRecord(
  session: Session,
  ranges: readonly OffsetRange[],
  key: string,
  waitMs: number,
): Promise<Candidate | undefined> {
  const signal = AbortSignal.any([session.signal, AbortSignal.timeout(waitMs)])
  for await (const record of readRanges(session.kafka, withoutEnd(ranges), { reader: READER, signal })) {
    const candidate =
      record.key === key ? await decode(session, CANONICAL_CANDIDATE, record.value) : undefined
    if (candidate?.lifecycle === 'DELETED') return candidate
  }
  return undefined
}

const NO_ANSWER =
  'the deletion was written, and the normalizer has published nothing yet: check its /readyz, then give the command again'
