// Takes back, at one place, all that people changed at run time, and says what that is.
import { h } from 'preact'
import { edit } from './edits.js'
import { editedWords } from './format.js'

export function ResetButton({ service, slot, edited }) {
  const words = editedWords(edited).join(', ')
  if (words === '') return null
  const name = slot ?? service
  const set = Object.fromEntries(Object.keys(edited).map((field) => [field, null]))
  return h(
    'button',
    {
      type: 'button',
      class: 'reset',
      'data-action': 'reset',
      'aria-label': `As declared (${words}): ${name}`,
      onClick: () => edit({ service, slot, set, said: `${name}: as declared` }),
    },
    `As declared (${words})`,
  )
}
