// Two kinds of control a balancer has: a switch, and a number that may be left open.
import { h } from 'preact'
import { useState } from 'preact/hooks'

export function Switch({ label, action, isOn, isMarked, onTurn }) {
  return h(
    'button',
    {
      type: 'button',
      role: 'switch',
      class: isMarked ? 'switch edited' : 'switch',
      'aria-checked': String(isOn),
      'data-action': action,
      onClick: () => onTurn(!isOn),
    },
    [h('span', { class: 'knob', 'aria-hidden': 'true' }), label],
  )
}

/** Sent when it is complete. Emptied, it is null: as declared. */
export function Amount({ label, action, value, placeholder, step = '1', isMarked, onSet }) {
  const [draft, setDraft] = useState()
  const commit = async ({ target }) => {
    await onSet(target.value === '' ? null : Number(target.value))
    setDraft(undefined)
  }
  return h('label', { class: isMarked ? 'edited' : '' }, [
    `${label} `,
    h('input', {
      type: 'number',
      inputMode: 'decimal',
      min: '0',
      step,
      placeholder,
      'data-action': action,
      value: draft ?? value,
      onInput: ({ target }) => setDraft(target.value),
      onChange: (event) => void commit(event),
    }),
  ])
}
