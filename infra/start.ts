/** `npm start`: everything on this machine, without samples, until Ctrl-C. */
import { readFileSync } from 'node:fs'
import { misspelt, namesShown } from '../services/platform/process/config-rules.ts'
import { noArguments } from './local/arguments.ts'
import { runCommand, say, sayProgress, untilAborted } from './local/command.ts'
import { keepInfrastructure } from './local/keep-running.ts'
import { type Stack, startStack } from './stack.ts'
import { addressLines, postLines } from './stack-words.ts'

noArguments(
  'npm start',
  'Runs broker, registry, the sandbox of Pulsifi where no account is configured, and all processes, until Ctrl-C.',
)

const VARIABLES = new URL('../.env.example', import.meta.url)

await runCommand(async signal => {
  misspelt(process.env, namesShown(readFileSync(VARIABLES, 'utf8'))).forEach(sayProgress)
  const stack = await startStack({ env: process.env, onEvent: sayProgress, signal })
  const kept = keepInfrastructure(stack.infrastructure, sayProgress)
  sayProgress(notes(stack).join('\n'))
  say(`ready ${stack.urls.ingress}`)
  await untilAborted(signal)
  sayProgress('Stopping')
  await kept.stop()
  await stack.stop()
})

function notes({ urls, healthUrls, secrets, usesSandbox, env, infrastructure }: Stack): readonly string[] {
  const { kafka, registryUrl: registry } = infrastructure
  const secret = secrets.SOURCE_JOBYLON_SECRET
  const sandbox = 'PULSIFI_BASE_URL is not set: using the sandbox of Pulsifi; nobody receives anything'
  return [
    ...(usesSandbox ? [sandbox] : []),
    'Running until Ctrl-C:',
    ...addressLines({ urls, healthUrls, kafka, registry }),
    ...(Object.keys(secrets).length === 0
      ? []
      : [`Secrets that were not set are in ${env.LOCAL_DATA_DIR}/secrets.json.`]),
    ...(secret === undefined
      ? []
      : ['Try, from this folder:', ...postLines({ ingress: urls.ingress, tenant: 'default', secret })]),
  ]
}
