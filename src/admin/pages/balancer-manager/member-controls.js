// The buttons of a member. Each says what a press does: once in a state, it leads out of it.
import { h } from 'preact'
import { edit } from './edits.js'
import { ResetButton } from './reset-button.js'
import { change } from './store.js'
import { withLetters } from './status-letters.js'

/** `leaves`: letters that a press takes away as well, because the two exclude each other. */
const toggles = [
  { action: 'drain', letter: 'N', leaves: '', on: 'Drain', off: 'Resume', said: ['drains', 'takes requests again'] },
  { action: 'disable', letter: 'D', leaves: '', on: 'Disable', off: 'Enable', said: ['is disabled', 'is enabled'] },
  {
    action: 'standby',
    letter: 'H',
    leaves: 'R',
    on: 'Stand by',
    off: 'Regular',
    said: ['stands by', 'is a regular member'],
  },
  {
    action: 'spare',
    letter: 'R',
    leaves: 'H',
    on: 'Spare',
    off: 'Regular',
    said: ['is a spare', 'is a regular member'],
  },
]

export function MemberControls({ member }) {
  const { service, slot, edited } = member
  return h('span', { class: 'buttons', role: 'group', 'aria-label': `Controls of ${slot}` }, [
    h(ResetButton, { service, slot, edited }),
    toggles.map((toggle) => h(Toggle, { key: toggle.action, toggle, member })),
    h(
      'button',
      {
        type: 'button',
        'data-action': 'edit',
        'aria-haspopup': 'dialog',
        'aria-label': `Edit … ${slot}`,
        onClick: () => change({ dialog: { kind: 'member', service, slot } }),
      },
      'Edit …',
    ),
  ])
}

function Toggle({ toggle, member: { service, slot, status } }) {
  const { action, letter, leaves, on, off, said } = toggle
  const isOn = status.includes(letter)
  const label = isOn ? off : on
  const next = isOn ? withLetters(status, '', letter) : withLetters(status, letter, leaves)
  return h(
    'button',
    {
      type: 'button',
      class: isOn ? 'on' : '',
      'data-action': action,
      'aria-label': `${label}: ${slot}`,
      onClick: () => edit({ service, slot, set: { status: next }, said: `${slot} ${said[isOn ? 1 : 0]}` }),
    },
    label,
  )
}
