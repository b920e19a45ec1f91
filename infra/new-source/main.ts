/** `npm run new:source -- <name>` */
import { createSource, faultOfName, nextSteps } from './create-source.ts'

const [name, ...rest] = process.argv.slice(2)
if (name === undefined || rest.length > 0) {
  console.error('Usage: npm run new:source -- <name>')
  process.exitCode = 2
} else {
  const fault = faultOfName(name)
  if (fault !== null) {
    console.error(fault)
    process.exitCode = 1
  } else {
    createSource(name)
    console.log(nextSteps(name))
  }
}
