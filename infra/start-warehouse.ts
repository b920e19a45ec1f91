/**
 * `npm run start:warehouse`: keeps tables of scores and invitations equal to their topics, until Ctrl-C. Data of a
 * PostgreSQL that it starts itself stay in LOCAL_DATA_DIR.
 */
import { runCommand, say, sayProgress, untilSignal } from './local/command.ts'
import { startWarehouse } from './warehouse/warehouse.ts'

await runCommand(async () => {
  const stopped = untilSignal()
  const ended = new AbortController()
  void stopped.then(() => ended.abort())
  const warehouse = await Promise.race([startWarehouse(process.env, sayProgress), stopped])
  if (warehouse === undefined) return
  try {
    say(`ready warehouse=${warehouse.database} worker=${warehouse.workerUrl}`)
    await warehouse.watch(ended.signal)
    sayProgress('Stopping')
  } finally {
    await warehouse.stop()
  }
})
