/** `npm run new:source -- <name>` */
import { commandOf } from '../local/arguments.ts'
import { createSource, faultOfName, nextSteps } from './create-source.ts'

const [name = ''] = commandOf(
  'npm run new:source --',
  'Makes the folder of a new source, with a fixture that fails.',
)
  .argument('<name>', 'lower-case letters, digits and hyphens: its folder, path, topic and variable')
  .parse().args
const fault = faultOfName(name)
if (fault === null) {
  createSource(name)
  console.log(nextSteps(name))
} else {
  console.error(fault)
  process.exitCode = 1
}
