import { createReader } from './api.js'
import { byId, el, empty, render } from './dom.js'
import { count, outcome, percent } from './format.js'
import { change, FILTERS, onChange, query, state } from './state.js'

const read = createReader('/api/funnel')
const LABELS = {
  canonical: 'Applications',
  invited: 'Invited',
  opened: 'Opened',
  started: 'Started',
  completed: 'Completed',
}
const HELD = ['BLOCKED', 'AMBIGUOUS', 'FAILED', 'WAITING', 'SKIPPED']
let shown

const listeners = new Set()
/** Told of the states that there are, with how many stand in each. */
export const onStates = listener => listeners.add(listener)

export const funnel = {
  start: () => onChange(() => shown && show(shown)),
  async update() {
    const answer = await read(query(...FILTERS))
    if (answer !== undefined) show(answer)
  },
}

function show(answer) {
  shown = answer
  const { intake, stages, states } = answer
  for (const listener of listeners) listener(states)
  const applications = stages[0].count
  render(byId('intake'), applications === 0 ? nothing(intake) : [])
  render(
    byId('funnel-stages'),
    intake === null ? [] : received(intake),
    stages.map((stage, at) => row(stage, applications, stages[at - 1])),
    expired(states),
  )
  showReasons(answer)
}

const nothing = intake =>
  (intake?.received ?? 0) > 0
    ? empty('Events have come in, and no application yet.')
    : empty(
        'Nothing has come in. Point a webhook at ingress; or, beside `npm start`, post a sample from its folder:',
        SAMPLE,
      )

/** As the README has it: the secret is the one that `npm start` has made up. */
const SAMPLE = `curl http://127.0.0.1:8080/hooks/jobylon/default -H 'content-type: application/json' \\
  -H "Authorization: Bearer $(node -p "JSON.parse(fs.readFileSync('.local/secrets.json')).SOURCE_JOBYLON_SECRET")" \\
  --data-binary @infra/demo/webhooks/jobylon-candidate.json`

/** Events are counted by themselves: one application may be several. */
function received(intake) {
  const parts = [
    [intake.published, 'published'],
    [intake.duplicate, 'duplicate'],
    [intake.skipped, 'skipped'],
    [intake.dead_lettered, 'dead-lettered'],
    [intake.pending, 'pending'],
  ].filter(([n]) => n > 0)
  const text = parts.map(([n, name]) => `${count(n)} ${name}`).join(', ')
  return el(
    'li',
    {},
    el(
      'div.row',
      { title: text },
      'Events',
      track(intake.received === 0 ? 0 : 1, 'events'),
      number(intake.received),
      '',
    ),
    el('p.intake', {}, text),
  )
}

/** It looks like no stage: whoever let it expire is at none any more. */
function expired(states) {
  const n = states.find(({ state: code }) => code === 'expired')?.count ?? 0
  if (n === 0) return null
  const isChosen = state.state === 'expired'
  const button = el(
    'button.expired',
    {
      type: 'button',
      'data-key': 'state-expired',
      'aria-pressed': String(isChosen),
      onclick: () => choose({ state: isChosen ? '' : 'expired', reached: '', outcome: '', reason: '' }),
    },
    `${count(n)} of the invited ${n === 1 ? 'has' : 'have'} expired before they were completed`,
  )
  return el('li', {}, button)
}

function row({ stage, count: n, from_previous }, applications, before) {
  const isChosen = state.reached === stage
  const step =
    from_previous === null ? '' : `${percent(from_previous, 1)} of ${LABELS[before.stage].toLowerCase()}`
  const button = el(
    'button',
    {
      type: 'button',
      'data-key': `stage-${stage}`,
      'aria-pressed': String(isChosen),
      onclick: () => choose({ reached: isChosen ? '' : stage, state: '', outcome: '', reason: '' }),
    },
    LABELS[stage],
    track(n / Math.max(1, applications)),
    number(n),
    el('span.share', {}, stage === 'canonical' ? '' : percent(n, applications)),
    el('span.step', {}, stage === 'invited' ? '' : step),
  )
  return el('li', {}, button)
}

function track(share, kind = '') {
  const bar = el(kind === '' ? 'span.bar' : `span.bar.${kind}`)
  bar.style.setProperty('--share', share.toFixed(4))
  return el('span.track', {}, bar)
}
const number = n => el('span.count', {}, count(n))

function choose(patch) {
  change(patch)
  byId('applications').scrollIntoView()
}

function showReasons({ outcomes, reasons }) {
  const held = HELD.flatMap(code => outcomes.filter(item => item.outcome === code))
  const place = byId('reasons')
  if (held.length === 0) {
    render(place, empty('Nobody waits and nobody is held up.'))
    return
  }
  const groups = held.map(({ outcome: code, count: n }) =>
    el(
      'div',
      {},
      el('h3', { class: code }, el('span', {}, outcome(code)), el('span', {}, count(n))),
      reasons.filter(reason => reason.outcome === code).map(reasonRow),
    ),
  )
  render(place, el('div.reasons', {}, groups))
}

function reasonRow({ outcome: held, code, count: n, text, action }) {
  const isChosen = state.outcome === held && state.reason === code
  const chosen = isChosen ? { outcome: '', reason: '' } : { outcome: held, reason: code }
  return el(
    'button.reason',
    {
      type: 'button',
      'data-key': `reason-${held}-${code}`,
      'aria-pressed': String(isChosen),
      onclick: () => choose({ ...chosen, state: '', reached: '' }),
    },
    el('span', {}, text),
    number(n),
    action === null ? null : el('small', {}, action),
  )
}
