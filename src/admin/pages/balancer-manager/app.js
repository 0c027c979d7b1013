// The page as a whole: what is known at a glance, the balancers, and the journal beside them.
import { h } from 'preact'
import { Balancer } from './balancer.js'
import { clock } from './format.js'
import { Help } from './help.js'
import { Journal } from './journal.js'
import { MemberDialog } from './member-dialog.js'
import { Toasts } from './toasts.js'
import { change } from './store.js'

export function App({ contact, heardAt, balancers, problems, journal, session, toasts, errors, dialog }) {
  return [
    h(Header, { contact, heardAt, balancers, problems }),
    h(Permission, { session }),
    h('div', { class: 'columns' }, [
      h('main', { id: 'balancers' }, cards({ balancers, session, errors })),
      h(Journal, { journal }),
    ]),
    h(Toasts, { toasts }),
    dialog?.kind === 'help' && h(Help, { editable: session.editable }),
    dialog?.kind === 'member' && h(MemberDialog, { ...dialog, balancers }),
  ]
}

function cards({ balancers, session, errors }) {
  if (balancers === undefined) return h('p', { class: 'none' }, 'Looking for balancers …')
  if (balancers.length === 0) {
    return h('p', { class: 'none' }, 'No balancer yet: label a service, start it, and it appears here.')
  }
  return balancers.map((balancer) => h(Balancer, { key: balancer.name, balancer, editable: session.editable, errors }))
}

function Header({ contact, heardAt, balancers = [], problems }) {
  const members = balancers.flatMap((balancer) => balancer.members)
  const ready = members.filter(({ state }) => state === 'ready').length
  return h('header', null, [
    h('h1', null, 'Balancer Manager'),
    h('p', { class: 'summary' }, [
      `${counted(balancers.length, 'balancer')} · ${ready} of ${counted(members.length, 'member')} ready`,
      problems > 0 && [
        ' · ',
        h('a', { href: `${document.documentElement.dataset.api}muster/problems` }, counted(problems, 'problem')),
      ],
    ]),
    h(Freshness, { contact, heardAt }),
    h(
      'button',
      {
        class: 'quiet',
        type: 'button',
        'aria-haspopup': 'dialog',
        onClick: () => change({ dialog: { kind: 'help' } }),
      },
      [h('kbd', null, '?'), ' Keys'],
    ),
  ])
}

/** The time itself stays out of what is said aloud: it changes every second. */
function Freshness({ contact, heardAt }) {
  if (contact !== 'lost') {
    return h('p', { id: 'freshness', class: contact, role: 'status' }, [
      contact === 'live' ? 'live' : 'connecting …',
      heardAt && h('span', { 'aria-hidden': 'true' }, ` · ${clock(heardAt)}`),
    ])
  }
  const since =
    heardAt === undefined
      ? 'No contact with Muster yet.'
      : `No contact since ${clock(heardAt)}; what you see is the last known state.`
  return h('p', { id: 'freshness', class: 'stale', role: 'status' }, since)
}

function Permission({ session }) {
  if (session.token === '' && !session.reason) return null
  if (!session.editable) {
    return h(
      'p',
      { id: 'permission', class: 'note' },
      `Read-only: ${session.reason ?? 'changes are not allowed here'}.`.replace('..', '.'),
    )
  }
  const kept = session.persists
    ? `Changes are kept over a restart${session.file ? `, in ${session.file}` : ''}.`
    : 'Changes last until Muster stops.'
  return h('p', { id: 'permission', class: 'faint' }, kept)
}

function counted(count, word) {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
