// Apache's "Edit worker settings": everything that can be changed of a member, in one form.
import { h } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { edit, placeOf } from './edits.js'
import { change, current } from './store.js'
import { withLetters } from './status-letters.js'

const letters = [
  ['N', 'Drain: only its sessions are served'],
  ['D', 'Disabled: gets no requests'],
  ['S', 'Stopped: gets no requests and no checks'],
  ['H', 'Hot standby: used when no other member can be'],
  ['R', 'Hot spare: takes the place of a member that is out'],
  ['I', 'Ignore errors: never left alone after a failure'],
]

export function MemberDialog({ service, slot, balancers = [] }) {
  const dialog = useRef()
  const [message, setMessage] = useState()
  // As it was when the form was opened: what others change meanwhile must not overwrite what is being typed.
  const [member] = useState(() => find(balancers, service, slot))
  useEffect(() => dialog.current?.showModal(), [])
  if (member === undefined) return null
  const save = async (event) => {
    event.preventDefault()
    const set = changed(member, new FormData(event.target))
    if (Object.keys(set).length === 0) return dialog.current.close()
    const said = `${slot}: ${Object.keys(set)
      .map((field) => `${words[field]} ${set[field] || 'none'}`)
      .join(', ')}`
    if (await edit({ service, slot, set, said })) dialog.current?.close()
    else setMessage(current().errors.get(placeOf(member)) ?? 'It could not be changed: the member may have left.')
  }
  return h(
    'dialog',
    { ref: dialog, 'aria-labelledby': 'member-heading', onClose: () => change({ dialog: undefined }) },
    [
      h('form', { onSubmit: save, noValidate: true }, [
        h('h2', { id: 'member-heading' }, slot),
        h('p', { class: 'faint' }, `of balancer://${service} · ${member.url}`),
        h('div', { class: 'fields' }, [
          field('Route', { name: 'route', value: member.route, maxLength: 63 }),
          field('RouteRedir', { name: 'redirect', value: member.redirect ?? '' }),
          field('Factor', {
            name: 'weight',
            type: 'number',
            min: 0,
            max: 65_535,
            step: 0.01,
            value: member.weight.toFixed(2),
          }),
          field('Set', { name: 'lbset', type: 'number', min: 0, max: 99, step: 1, value: member.lbset }),
        ]),
        h('fieldset', null, [
          h('legend', null, 'Status'),
          letters.map(([letter, text]) =>
            h('label', { key: letter, class: 'check' }, [
              h('input', {
                type: 'checkbox',
                name: 'status',
                value: letter,
                defaultChecked: member.status.includes(letter),
              }),
              h('span', null, [h('b', null, letter), ` ${text}`]),
            ]),
          ),
        ]),
        message && h('p', { class: 'error', role: 'alert' }, message),
        h('p', { class: 'actions' }, [
          h('button', { type: 'button', onClick: () => dialog.current.close() }, 'Cancel'),
          h('button', { type: 'submit', class: 'primary' }, 'Save'),
        ]),
      ]),
    ],
  )
}

const words = { route: 'route', redirect: 'redirect', weight: 'factor', lbset: 'set', status: 'status' }

/** Only what differs: the rest stays as it is declared, also when that changes later. */
function changed(member, form) {
  const wanted = {
    route: form.get('route').trim(),
    redirect: form.get('redirect').trim(),
    weight: Number(form.get('weight')),
    lbset: Number(form.get('lbset')),
    status: withLetters(form.getAll('status').join(''), '', ''),
  }
  const shown = { ...member, redirect: member.redirect ?? '', status: withLetters(member.status, '', '') }
  return Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== shown[name]))
}

function field(label, { value, ...attributes }) {
  return h('label', null, [h('span', null, label), h('input', { type: 'text', ...attributes, defaultValue: value })])
}

function find(balancers, service, slot) {
  return balancers.find(({ name }) => name === service)?.members.find((member) => member.slot === slot)
}
