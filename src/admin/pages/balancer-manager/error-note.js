// Why an edit did not take effect, next to the control it was made with.
import { h } from 'preact'
import { setError } from './edits.js'

export function ErrorNote({ place, message }) {
  if (message === undefined) return null
  return h('p', { class: 'error', role: 'alert' }, [
    h('span', null, message),
    h(
      'button',
      {
        type: 'button',
        class: 'quiet',
        'aria-label': 'Dismiss this message',
        onClick: () => setError(place, undefined),
      },
      '×',
    ),
  ])
}
