/** `npm start`: everything on this machine, without samples, until Ctrl-C. */
import { runCommand, say, sayProgress, untilSignal } from './local/command.ts'
import { type Stack, startStack } from './stack.ts'

await runCommand(async () => {
  const stopped = untilSignal()
  const stack = await Promise.race([startStack({ env: process.env, onEvent: sayProgress }), stopped])
  if (stack === undefined) return
  sayProgress(notes(stack).join('\n'))
  say(`ready ${stack.urls.ingress}`)
  // Listening for a signal alone does not keep a process alive.
  const alive = setInterval(() => {}, 60_000)
  await stopped
  clearInterval(alive)
  sayProgress('Stopping')
  await stack.stop()
})

function notes({ urls, secrets, usesSandbox, env }: Stack): readonly string[] {
  const generated = Object.keys(secrets).find(variable => variable.startsWith('SOURCE_'))
  const sandbox = `PULSIFI_BASE_URL is not set: using the sandbox of Pulsifi at ${urls.sandbox}; nobody receives anything`
  const post = [
    `Secrets that were not set are in ${env.LOCAL_DATA_DIR}/secrets.json. To post an event of a source:`,
    `  curl -H "X-Hook-Token: $SOURCE_<NAME>_SECRET" -H "content-type: application/json" --data @event.json ${urls.ingress}/hooks/<source>/default`,
  ]
  return [...(usesSandbox ? [sandbox] : []), ...(generated === undefined ? [] : post)]
}
