// What was just done, each with its way back.
import { h } from 'preact'
import { dismiss, undo } from './edits.js'

export function Toasts({ toasts }) {
  return h(
    'div',
    { id: 'toasts', role: 'status', 'aria-live': 'polite' },
    toasts.map(({ id, text, edit, isError }) =>
      h('p', { key: id, class: isError ? 'toast error' : 'toast' }, [
        h('span', null, text),
        edit !== undefined &&
          h(
            'button',
            {
              type: 'button',
              class: 'primary',
              'data-action': 'undo',
              'aria-label': `Undo: ${text}`,
              onClick: () => undo(edit),
            },
            'Undo',
          ),
        h(
          'button',
          { type: 'button', class: 'quiet', 'aria-label': `Dismiss: ${text}`, onClick: () => dismiss(id) },
          '×',
        ),
      ]),
    ),
  )
}
