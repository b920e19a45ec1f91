/** Starts every part of the page and keeps them up to date. */
import { applications } from './applications.js'
import { days } from './days.js'
import { drawer } from './drawer.js'
import { filters } from './filters.js'
import { funnel } from './funnel.js'
import { health, lost } from './health.js'
import { jobs } from './jobs.js'
import { deadLetters } from './letters/dead-letters.js'
import { letterPanel } from './letters/letter.js'
import { scores } from './scores.js'
import { session } from './session.js'
import { onChange } from './state.js'
import { giveFocusBack } from './states/regions.js'
import { renewTimes, startScreen } from './states/screen.js'
import { steps } from './steps.js'

const EVERY_MS = 2_000
const parts = [
  session,
  health,
  filters,
  funnel,
  steps,
  days,
  scores,
  jobs,
  applications,
  deadLetters,
  drawer,
  letterPanel,
]

let rounds = 0
let running = 0

/** A round after the other, but whoever has chosen something else does not wait: answers that nobody wants any more are dropped. */
async function update() {
  const mine = ++rounds
  running++
  const results = await Promise.allSettled(parts.map(part => part.update()))
  running--
  giveFocusBack()
  renewTimes()
  if (mine !== rounds) return
  const fault = results.find(result => result.status === 'rejected')
  lost(fault === undefined ? null : String(fault.reason?.message ?? fault.reason))
}

for (const part of parts) part.start?.()
startScreen()
onChange(() => void update())
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) void update()
})
setInterval(() => {
  if (!document.hidden && running === 0) void update()
}, EVERY_MS)
// Which buttons there are depends on who looks.
void session
  .update()
  .catch(() => undefined)
  .then(() => {
    drawer.openFromAddress()
    letterPanel.openFromAddress()
    return update()
  })
