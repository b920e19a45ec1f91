/** What was decided and why, and what to do, by whom. */
import { el, render } from '../dom.js'

export const OWNERS = {
  recruiter: 'Recruiter, at the source',
  operator: 'Operator',
  vendor: 'Vendor of the source',
}

export function answer() {
  const node = el('div', {})
  return {
    node,
    show({ application, answer: told }) {
      const { decided, explanation, reasons } = told
      render(
        node,
        el(
          'section',
          { 'aria-labelledby': 'decided-title' },
          el('h3', { id: 'decided-title' }, 'What was decided'),
          el('p.decided', {}, el(`span.pill.${application?.outcome ?? 'UNDECIDED'}`, {}, decided)),
          explanation === null ? null : el('p', {}, explanation),
          reasons.length === 0
            ? null
            : el(
                'ul.why',
                {},
                reasons.map(({ text }) => el('li', {}, text)),
              ),
        ),
        el(
          'section',
          { 'aria-labelledby': 'todo-title' },
          el('h3', { id: 'todo-title' }, 'What to do'),
          toDo(told),
        ),
      )
    },
  }
}

function toDo({ reasons, next }) {
  // Several reasons may ask for the same.
  const asked = new Map(reasons.filter(({ action }) => action !== null).map(why => [why.action, why.owner]))
  return [
    asked.size === 0
      ? null
      : el(
          'ul.todo',
          {},
          [...asked].map(([action, owner]) => el('li', {}, el('b', {}, `${OWNERS[owner]}:`), ` ${action}`)),
        ),
    el('p.next', {}, next),
  ]
}
