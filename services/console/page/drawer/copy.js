/** Commands to take along, for whoever would rather give them where the operator's tools are. */
import { announce, el } from '../dom.js'

export const copyable = commands =>
  el(
    'details.commands',
    {},
    el('summary', {}, 'By command'),
    commands.map((command, at) => {
      const text = el('code', {}, command)
      const copy = el(
        'button.plain',
        { type: 'button', 'data-key': `copy-${at}`, onclick: () => void take(command, text, copy) },
        'Copy the command',
      )
      return el('div.command', {}, text, copy)
    }),
  )

/** Browsers keep the clipboard from pages without TLS: what is selected can be copied by hand. */
async function take(command, text, button) {
  try {
    await navigator.clipboard.writeText(command)
    button.textContent = 'Copied'
    announce('Copied')
  } catch {
    getSelection().selectAllChildren(text)
    button.textContent = 'Selected: copy it'
    announce('Selected')
  }
}
