/** `npm run start:infra`: a broker and a registry with their topics, until Ctrl-C. Data stay in LOCAL_DATA_DIR. */
import { runCommand, say, sayProgress, untilSignal } from './local/command.ts'
import { startInfrastructure } from './local/infrastructure.ts'
import { applyTopicsFile, topicsSummary } from './local/topics.ts'

await runCommand(async () => {
  const stopped = untilSignal()
  const infrastructure = await Promise.race([startInfrastructure(process.env, sayProgress), stopped])
  if (infrastructure === undefined) return
  const { kafka, registryUrl, how, stop } = infrastructure
  try {
    const env = { ...process.env, KAFKA_BROKERS: kafka, SCHEMA_REGISTRY_URL: registryUrl }
    sayProgress(topicsSummary(await applyTopicsFile(env)))
    if (how === 'given') {
      say('KAFKA_BROKERS and SCHEMA_REGISTRY_URL are set: nothing started, topics applied')
      say(`ready kafka=${kafka} registry=${registryUrl}`)
      return
    }
    say(`ready kafka=${kafka} registry=${registryUrl}`)
    // Listening for a signal alone does not keep a process alive.
    const alive = setInterval(() => {}, 60_000)
    await stopped
    clearInterval(alive)
    sayProgress('Stopping')
  } finally {
    await stop()
  }
})
