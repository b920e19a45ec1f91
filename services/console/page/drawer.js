/** One application: what became of it, what is to be done and by whom, its scores, and every record about it. */
import { createReader } from './api.js'
import { byId } from './dom.js'
import { answer } from './drawer/answer.js'
import { facts } from './drawer/facts.js'
import { createPanel } from './drawer/panel.js'
import { records } from './drawer/records.js'
import { report } from './drawer/report.js'
import { scores } from './drawer/scores.js'
import { settle } from './drawer/settle.js'

const idOf = key => key.split(':').slice(2).join(':') || key

export const drawer = createPanel({
  dialog: byId('drawer'),
  hash: '#application=',
  headingOf: key => [
    ['h2', idOf(key)],
    ['p.key', key],
  ],
  ask(key) {
    const read = createReader('/api/applications/timeline')
    return () => read(`key=${encodeURIComponent(key)}`)
  },
  partsOf: (key, heading) => [
    title(heading, key),
    ...[answer(), settle(), scores(), report(key), facts(), records()],
  ],
})

export const openApplication = drawer.open

/** The name where names are shown; the key stands below in any case. */
const title = (place, key) => ({
  node: null,
  show({ application }) {
    place.querySelector('h2').textContent = application?.name ?? idOf(key)
  },
})
