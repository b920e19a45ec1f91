/** The dialog that asks before something is done, and says why it was not. */
import { byId, el, render } from './dom.js'

const dialog = byId('confirm')

export const isAsking = () => dialog.open
export const closeQuestion = () => dialog.close()
export const say = (title, text) => openQuestion(title, el('p', {}, text))

/** `buttons` stand before the one that closes. */
export function openQuestion(title, body, ...buttons) {
  const close = el('button.plain', { type: 'button', autofocus: true, onclick: closeQuestion }, 'Close')
  render(dialog, el('h2', { id: 'confirm-title' }, title), body, el('div.actions', {}, ...buttons, close))
  if (!dialog.open) dialog.showModal()
}
