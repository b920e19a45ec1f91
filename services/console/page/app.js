/** Starts every part of the page and keeps them up to date. */
import { applications } from './applications.js'
import { deadLetters } from './dead-letters.js'
import { openFromAddress } from './drawer.js'
import { filters } from './filters.js'
import { funnel } from './funnel.js'
import { health, lost } from './health.js'
import { jobs } from './jobs.js'
import { scores } from './scores.js'
import { session } from './session.js'
import { onChange } from './state.js'
import { steps } from './steps.js'

const EVERY_MS = 2_000
const parts = [session, health, filters, funnel, steps, scores, jobs, applications, deadLetters]

let running = false
let again = false

/** One round at a time; a change of what is looked at starts the next one at once. */
async function update() {
  if (running) {
    again = true
    return
  }
  running = true
  const results = await Promise.allSettled(parts.map(part => part.update()))
  const fault = results.find(result => result.status === 'rejected')
  lost(fault === undefined ? null : String(fault.reason?.message ?? fault.reason))
  running = false
  if (again) {
    again = false
    void update()
  }
}

for (const part of parts) part.start?.()
onChange(() => void update())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void update()
})
setInterval(() => {
  if (!document.hidden) void update()
}, EVERY_MS)
// Which buttons there are depends on who looks.
void session
  .update()
  .catch(() => undefined)
  .then(update)
openFromAddress()
