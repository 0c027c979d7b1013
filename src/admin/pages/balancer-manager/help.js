// The keys there are, on `?`.
import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { change } from './store.js'

const everywhere = [
  ['j', 'next member'],
  ['k', 'previous member'],
  ['/', 'filter the journal'],
  ['?', 'these keys'],
]
const ofMembers = [
  ['d', 'drain, or resume'],
  ['x', 'disable, or enable'],
  ['s', 'stand by, or be regular again'],
  ['p', 'be a spare, or regular again'],
  ['w', 'type another factor'],
  ['+ −', 'more or less factor'],
  ['e', 'edit route, redirect, set and status'],
  ['0', 'as declared'],
  ['u', 'undo the latest change'],
]

export function Help({ editable }) {
  const dialog = useRef()
  useEffect(() => dialog.current.showModal(), [])
  return h(
    'dialog',
    { ref: dialog, id: 'help', 'aria-labelledby': 'help-heading', onClose: () => change({ dialog: undefined }) },
    [
      h('h2', { id: 'help-heading' }, 'Keys'),
      h('dl', { class: 'keys' }, everywhere.map(row)),
      editable && [h('h3', null, 'Of the member that has the focus'), h('dl', { class: 'keys' }, ofMembers.map(row))],
      h('p', { class: 'actions' }, h('button', { type: 'button', onClick: () => dialog.current.close() }, 'Close')),
    ],
  )
}

function row([keys, meaning]) {
  return h('div', { key: keys }, [
    h(
      'dt',
      null,
      keys.split(' ').map((key) => h('kbd', { key }, key)),
    ),
    h('dd', null, meaning),
  ])
}
