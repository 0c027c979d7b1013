// The factor of a member: shown, typed or stepped. What is typed stays until Muster has answered.
import { h } from 'preact'
import { useState } from 'preact/hooks'
import { edit } from './edits.js'

export function Weight({ member, editable }) {
  const [draft, setDraft] = useState()
  const { service, slot, weight } = member
  if (!editable) return weight.toFixed(2)
  const send = async (value) => {
    const text = value.toFixed(2)
    setDraft(text)
    await edit({ service, slot, set: { weight: Number(text) }, said: `${slot}: factor ${text}` })
    setDraft((latest) => (latest === text ? undefined : latest))
  }
  const shown = draft ?? weight.toFixed(2)
  return h('span', { class: 'stepper' }, [
    step('−', `Less weight for ${slot}`, () => send(stepped(Number(shown), -1))),
    h('input', {
      type: 'number',
      inputMode: 'decimal',
      min: '0.01',
      max: '65535',
      step: '0.01',
      'data-action': 'weight',
      'aria-label': `Factor of ${slot}`,
      value: shown,
      onInput: ({ target }) => setDraft(target.value),
      // An empty or unreadable field is no number: what counts comes back.
      onChange: ({ target }) => (target.value === '' ? setDraft(undefined) : void send(Number(target.value))),
      onKeyDown: ({ key }) => key === 'Escape' && setDraft(undefined),
    }),
    step('+', `More weight for ${slot}`, () => send(stepped(Number(shown), 1))),
  ])
}

/** Tenths up to one, then whole numbers. */
function stepped(weight, direction) {
  const size = weight + direction * 0.01 < 1 ? 0.1 : 1
  return Math.max(0.01, Math.round((weight + direction * size) * 100) / 100)
}

function step(sign, label, onClick) {
  return h(
    'button',
    {
      type: 'button',
      class: 'quiet',
      'data-action': sign === '+' ? 'heavier' : 'lighter',
      'aria-label': label,
      onClick,
    },
    sign,
  )
}
