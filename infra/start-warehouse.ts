/**
 * `npm run start:warehouse`: keeps tables of jobs, applications, their history and scores equal to their topics, until
 * Ctrl-C. Data of a PostgreSQL that it starts itself stay in LOCAL_DATA_DIR.
 */
import { noArguments } from './local/arguments.ts'
import { runCommand, say, sayProgress, untilAborted } from './local/command.ts'
import { startWarehouse } from './warehouse/warehouse.ts'

noArguments(
  'npm run start:warehouse',
  'Keeps tables of jobs, applications, their history and scores in PostgreSQL equal to their topics, until Ctrl-C.',
)

await runCommand(async signal => {
  const warehouse = await Promise.race([startWarehouse(process.env, sayProgress), untilAborted(signal)])
  if (warehouse === undefined) return
  try {
    say(`ready warehouse=${warehouse.database} worker=${warehouse.workerUrl}`)
    await warehouse.watch(signal)
    sayProgress('Stopping')
  } finally {
    await warehouse.stop()
  }
})
