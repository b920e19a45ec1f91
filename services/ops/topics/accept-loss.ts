/** `ops topics accept-loss`: a person gives up what a ledger has lost, so that its partitions decide again. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { LEDGERS } from '../../core/topics.ts'
import { acceptLosses } from '../../platform/topics/accepted-losses.ts'
import type { Host } from '../cli/command-group.ts'
import { agreed, asking, type Consent } from '../cli/consent.ts'
import { recordDecision } from '../cli/decision.ts'
import { OperatorError } from '../cli/exit.ts'

/** Whose ledgers these are. */
const GROUP = 'pulsifi-sink'

interface Options extends Consent {
  readonly partition: readonly number[]
}

export function acceptLoss(group: Command, { run, nowMs, operator }: Host): void {
  asking(group.command('accept-loss'))
    .argument('<topic>', LEDGERS.join(', '))
    .description('after LEDGER_LOST: give up what the topic no longer holds, and decide by what it does')
    .addOption(
      new Option('--partition <number>', 'of which partition; may be repeated')
        .argParser(addNumber)
        .makeOptionMandatory(),
    )
    .addHelpText(
      'after',
      `
The sink knows more of its ledger than the topic holds: the log has lost its end, or was made anew. It decides nothing
for that partition, since it could invite twice. Restore the topic, or compare with Pulsifi who was invited meanwhile;
then say so here. The partition goes on within 10 s. Whoever was invited in what is lost can be invited again.`,
    )
    .action((topic: string, { partition, ...consent }: Options) =>
      run(async session => {
        const { kafka, partitions, out } = session
        if (!LEDGERS.includes(topic)) throw new OperatorError(`${topic} is no ledger: ${LEDGERS.join(', ')}`)
        const beyond = partition.find(number => number >= partitions)
        if (beyond !== undefined)
          throw new OperatorError(`${topic} has no partition ${beyond}: there are ${partitions}`)
        const losses = partition.map(number => ({ topic, partition: number }))
        const places = losses.map(loss => `${loss.topic}/${loss.partition}`)
        if (!(await agreed(session, consent, `give up what is lost of ${places.join(', ')}`))) return
        await recordDecision(session, places)
        await acceptLosses(kafka, GROUP, losses, { atMs: nowMs(), by: operator.name })
        out.list(
          losses,
          [
            { title: 'topic', value: loss => loss.topic },
            { title: 'partition', value: loss => loss.partition },
            { title: 'state', value: () => 'loss accepted' },
          ],
          '',
        )
      }),
    )
}

function addNumber(text: string, before: readonly number[] = []): readonly number[] {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('expected the number of a partition')
  return [...before, Number(text)]
}
