// One member: a line of Apache's figures, and below it its state in words with what can be done about it.
import { h } from 'preact'
import { Ago } from './ago.js'
import { ErrorNote } from './error-note.js'
import { placeOf } from './edits.js'
import { bytes, isEdited, milliseconds, percent } from './format.js'
import { MemberControls } from './member-controls.js'
import { memo } from './memo.js'
import { Sparkline } from './sparkline.js'
import { Weight } from './weight.js'

export const MemberRows = memo(({ member, peak, editable, error }) => {
  const { key, slot, state, edited } = member
  return h(
    'tbody',
    { 'data-key': key, 'data-slot': slot, tabIndex: -1, class: `member ${state}`, 'aria-label': slot },
    [
      h('tr', { class: 'figures' }, [
        cell('Worker URL', h('span', { class: 'url' }, member.url)),
        cell('Route', member.route, { class: mark(edited, 'route') }),
        cell('RouteRedir', member.redirect || '', { class: mark(edited, 'redirect') }),
        cell('Factor', h(Weight, { member, editable }), { class: `number ${mark(edited, 'weight')}` }),
        cell('Set', member.lbset, { class: `number ${mark(edited, 'lbset')}` }),
        cell('Status', member.flags, { class: `flags ${mark(edited, 'status')}` }),
        cell('Elected', member.elected, { class: 'number' }),
        cell('Busy', member.busy, { class: 'number' }),
        cell('Load', Math.round((member.load ?? 0) * 100) / 100, { class: 'number' }),
        cell('To', bytes(member.to), { class: 'number' }),
        cell('From', bytes(member.from), { class: 'number' }),
        cell('p50 / p99', `${milliseconds(member.p50)} / ${milliseconds(member.p99)}`, { class: 'number' }),
        cell('Errors', percent(member.errorRate), { class: `number ${member.errorRate > 0.05 ? 'bad' : ''}` }),
        cell('Requests/s', h(Sparkline, { perSecond: member.perSecond, peak }), { class: 'number' }),
      ]),
      h('tr', { class: 'more' }, [
        h('td', { colSpan: 14 }, [
          h('div', { class: 'details' }, [
            h('p', { class: 'about' }, [h(State, { member }), h(Names, { member })]),
            editable && h(MemberControls, { member }),
          ]),
          h(ErrorNote, { place: placeOf(member), message: error }),
        ]),
      ]),
    ],
  )
})

function State({ member }) {
  const { state, reason, since, role, draining } = member
  return [
    h('span', { class: `state ${state}` }, draining?.done ? 'drained' : state),
    role && role !== 'regular' && h('span', { class: 'role' }, role === 'standby' ? 'hot standby' : 'hot spare'),
    draining && h(Drain, { draining }),
    reason && reason !== state && h('span', { class: 'reason' }, reason),
    since !== undefined && h('span', { class: 'faint' }, ['for ', h(Ago, { at: since })]),
  ]
}

function Drain({ draining }) {
  const { busy, lastStuckAt, done } = draining
  if (done) return h('span', { class: 'drain done' }, 'no request and no session is left')
  return h('span', { class: 'drain' }, [
    `${busy} in flight, `,
    lastStuckAt ? ['last session ', h(Ago, { at: lastStuckAt }), ' ago'] : 'no session seen',
  ])
}

function Names({ member: { slot, container, url } }) {
  return h('span', { class: 'names' }, [
    slot !== url && h('span', null, ['slot ', h('b', { class: 'slot' }, slot)]),
    container && container !== slot && h('span', null, ['container ', h('b', { class: 'container' }, container)]),
  ])
}

function cell(label, content, { class: name = '' } = {}) {
  return h('td', { 'data-label': label, class: name || undefined }, content)
}

function mark(edited, field) {
  return isEdited(edited, field) ? 'edited' : ''
}
