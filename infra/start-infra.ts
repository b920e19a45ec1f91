/** `npm run start:infra`: a broker and a registry with their topics, until Ctrl-C. Data stay in LOCAL_DATA_DIR. */
import { noArguments } from './local/arguments.ts'
import { runCommand, say, sayProgress, untilAborted } from './local/command.ts'
import { startInfrastructure } from './local/infrastructure.ts'
import { keepInfrastructure } from './local/keep-running.ts'
import { applyTopicsFile, topicsSummary } from './local/topics.ts'

noArguments(
  'npm run start:infra',
  'Starts a Kafka broker and a schema registry here with their topics, or applies the topics to those that are configured.',
)

await runCommand(async signal => {
  const infrastructure = await startInfrastructure(process.env, sayProgress, { signal })
  const { kafka, registryUrl, how, stop } = infrastructure
  const kept = keepInfrastructure(infrastructure, sayProgress)
  try {
    const env = { ...process.env, KAFKA_BROKERS: kafka, SCHEMA_REGISTRY_URL: registryUrl }
    sayProgress(topicsSummary(await applyTopicsFile(env)))
    if (how === 'given') say('KAFKA_BROKERS and SCHEMA_REGISTRY_URL are set: nothing started, topics applied')
    say(`ready kafka=${kafka} registry=${registryUrl}`)
    if (how === 'given') return
    await untilAborted(signal)
    sayProgress('Stopping')
  } finally {
    await kept.stop()
    await stop()
  }
})
